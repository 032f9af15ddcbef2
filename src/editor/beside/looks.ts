import type { Standing } from '../../token/standing.ts';

/** How a token looks by how it stands: a shape and a colour, neither of which is alone in saying so. */
export interface Look {
  /** A codicon's id, for trees. */
  readonly icon: string;
  /** A theme's colour, which every theme defines, high contrast ones included. */
  readonly color: string;
  /** The same colour where no theme's can be used, on a dark ground and on a light one. */
  readonly onDark: string;
  readonly onLight: string;
  /** The shape in a gutter of 16 × 16, as SVG. */
  readonly shape: string;
}

const line = (path: string): string => `<path d="${path}"/>`;
const clock = `<circle cx="8" cy="8" r="5.5"/>${line('M8 4.8V8l2.2 1.6')}`;

export const looks: Readonly<Record<Standing, Look>> = {
  // No tick: that it lives is all that is known, and not that a server accepts it.
  valid: {
    icon: 'circle-filled',
    color: 'charts.green',
    onDark: '#89d185',
    onLight: '#388a34',
    shape: '<circle cx="8" cy="8" r="1.6" stroke-width="3.2"/>',
  },
  depends: {
    icon: 'circle-outline',
    color: 'editorLineNumber.foreground',
    onDark: '#a6a6a6',
    onLight: '#616161',
    shape: '<circle cx="8" cy="8" r="3.4"/>',
  },
  gone: {
    icon: 'circle-slash',
    color: 'charts.red',
    onDark: '#f48771',
    onLight: '#c72e0f',
    shape: `<circle cx="8" cy="8" r="5.5"/>${line('M4.2 4.2l7.6 7.6')}`,
  },
  expiring: {
    icon: 'clockface',
    color: 'charts.yellow',
    onDark: '#cca700',
    onLight: '#8f6a00',
    shape: clock,
  },
  extended: {
    icon: 'history',
    color: 'charts.blue',
    onDark: '#59a4f9',
    onLight: '#1a5fb4',
    shape: line('M12.8 6A5.2 5.2 0 1 0 13 10M13.2 2.8V6.2H9.8'),
  },
  expired: {
    icon: 'error',
    color: 'charts.red',
    onDark: '#f48771',
    onLight: '#c72e0f',
    shape: line('M4 4l8 8M12 4l-8 8'),
  },
  'never-expires': {
    icon: 'warning',
    color: 'editorWarning.foreground',
    onDark: '#e2955c',
    onLight: '#a4530a',
    shape: line(
      'M8 8C6.6 6 5.6 5.4 4.4 5.4a2.6 2.6 0 0 0 0 5.2C5.6 10.6 6.6 10 8 8s2.4-2.6 3.6-2.6a2.6 2.6 0 0 1 0 5.2C10.4 10.6 9.4 10 8 8z',
    ),
  },
  'not-yet-valid': {
    icon: 'circle-large-outline',
    color: 'charts.purple',
    onDark: '#b180d7',
    onLight: '#652d90',
    shape: '<circle cx="8" cy="8" r="5" stroke-dasharray="2.2 1.7"/>',
  },
  'issued-in-the-future': {
    icon: 'circle-large-outline',
    color: 'charts.purple',
    onDark: '#b180d7',
    onLight: '#652d90',
    shape: '<circle cx="8" cy="8" r="5" stroke-dasharray="2.2 1.7"/>',
  },
};

/** The gutter's picture of a look, as an SVG text. */
export function gutterSvg({ shape }: Look, color: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="${color}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">${shape}</svg>`;
}
