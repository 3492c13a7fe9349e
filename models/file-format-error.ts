/** A data file that cannot be read as what it should be. The user's mistake or a damaged file, never a bug of ours. */
export class FileFormatError extends Error {
  /**
   * @param path the file (or folder, or package) as the caller named it
   * @param problem what is wrong, with the value found and what was expected
   * @param hint what to do about it
   */
  constructor(
    readonly path: string,
    readonly problem: string,
    readonly hint: string,
  ) {
    super(`${path}: ${problem} (${hint})`);
    this.name = 'FileFormatError';
  }
}
