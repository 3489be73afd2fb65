/** What the frame of every page says, in one language. */
export interface ShellWording {
  /** BCP 47. */
  readonly language: string;
  /** Before the title of a page on which something is wrong. */
  readonly errorPrefix: string;
  readonly errorSummary: string;
  /** Behind the label of a field that may stay empty. */
  readonly optional: string;
  readonly help: string;
  readonly skip: string;
  readonly menu: string;
  readonly languages: string;
}

export const englishShell: ShellWording = {
  language: 'en',
  errorPrefix: 'Error',
  errorSummary: 'Please have another look',
  optional: '(optional)',
  help: 'Help',
  skip: 'Skip to the content',
  menu: 'Sections',
  languages: 'Language',
};
