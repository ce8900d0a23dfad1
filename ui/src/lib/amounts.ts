const thin = " ";

/** Thousands parted by a non-breaking space. */
export function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, thin);
}

/** Cores with two decimals; an en dash for nothing. */
export function cores(text: string | undefined): string {
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? "–" : value.toFixed(2);
}

/** Bytes as whole MiB. */
export function mebibytes(text: string | undefined): string {
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? "–" : grouped(value / 2 ** 20);
}

/** A quantity of memory as people write it: 256Mi is 256 MiB. */
export function memoryWords(quantity: string): string {
  const match = /^(\d+(?:\.\d+)?)([KMGT])i$/.exec(quantity);
  return match ? `${match[1]}${thin}${match[2]}iB` : quantity;
}

/** A quantity of CPU in cores: 500m is 0.5. */
export function cpuWords(quantity: string): string {
  const match = /^(\d+)m$/.exec(quantity);
  const value = match ? String(Number(match[1]) / 1000) : quantity;
  return value === "1" ? `1${thin}core` : `${value}${thin}cores`;
}
