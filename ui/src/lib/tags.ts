/** The tags of a project, which are stored as a comma-separated text. */
export function readTags(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}

/** A tag as it is stored: small letters, no spaces, no commas. */
export function cleanTag(text: string): string {
  return text.trim().toLowerCase().replace(/,/g, "").replace(/\s+/g, "-");
}
