import type { Browser } from 'playwright-core';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installedBrowsers, isLinux } from '../scripts/system.mjs';
import { cached } from './cache.ts';

/**
 * Starts a browser that a program drives: this machine's Chrome or Chromium, else the one that npm carries.
 * @param look - Its arguments about how it draws; without hints for fonts if no others are given.
 */
export async function openBrowser(
  look: readonly string[] = ['--font-render-hinting=none'],
): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const { program, env } = await findBrowser();
  return await chromium.launch({
    executablePath: program,
    env: { ...process.env, ...env },
    // Chromium refuses its own sandbox to root, which is who CI runs as.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-dev-shm-usage', ...look],
  });
}

interface Found {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

async function findBrowser(): Promise<Found> {
  const installed = installedBrowsers(process.env).find((path) => existsSync(path));
  if (installed !== undefined) return { program: installed, env: {} };
  if (!isLinux()) {
    throw new Error('Please install Chrome, Chromium or Edge: npm carries a browser for Linux only.');
  }
  const folder = await unpackBrowser();
  return {
    program: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
  };
}

/**
 * The fonts that came with it, and no others, so that pages look the same everywhere. Its own configuration looks for them
 * in the system's folder for temporary files, and a browser that finds no font at all crashes.
 */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** Unpacks the browser that npm carries, with the libraries and fonts for machines that have none, once. */
async function unpackBrowser(): Promise<string> {
  const root = join(createRequire(import.meta.url).resolve('@sparticuz/chromium'), '..', '..');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return await cached(`browser-${version}`, async (folder) => {
    const { inflate } = await import('@sparticuz/chromium');
    const temporary = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder; // It unpacks into the system's folder for temporary files, shared by all.
    try {
      for (const archive of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br']) {
        await inflate(join(root, 'bin', archive));
      }
    } finally {
      if (temporary === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = temporary;
    }
    await writeFile(join(folder, 'fonts', 'fonts.conf'), FONTS);
  });
}
