interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly zone: Intl.DateTimeFormat;
}
let formats: Formats | undefined;

/** Made when first needed: the first formats of a process take about 20 ms, which activation should not. */
function dateFormats(): Formats {
  formats ??= {
    time: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }),
    zone: new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' }),
  };
  return formats;
}

/** Seconds since the epoch as the reader's date and time, with its zone; what no calendar has is said to be "no date". */
export function localTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return 'no date';
  const { time, zone } = dateFormats();
  const named = zone.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return `${time.format(date)} ${named}`;
}
