const mostTags = 20;

/**
 * The first language of ours that somebody wants, else the first of ours.
 *
 * @param available primary subtags, such as `en`
 * @param uiLocales what a link asks for (OpenID Connect Core, section 3.1.2.1: tags with spaces between)
 * @param userLocale what whoever is signed in has chosen
 * @param acceptLanguage RFC 9110, section 12.5.4
 */
export function decideLanguage(
  available: readonly string[],
  uiLocales: string,
  userLocale: string | null,
  acceptLanguage: string | undefined,
): string {
  const wanted = [...tagsOf(uiLocales), ...tagsOf(userLocale ?? ''), ...weightedTagsOf(acceptLanguage ?? '')];
  const languages = wanted.map((tag) => tag.toLowerCase().split('-')[0]!);
  return languages.find((language) => available.includes(language)) ?? available[0]!;
}

function tagsOf(text: string): string[] {
  return text.split(' ', mostTags).filter((tag) => tag !== '');
}

function weightedTagsOf(header: string): string[] {
  return header
    .split(',', mostTags)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((some, other) => other.weight - some.weight)
    .map(({ tag }) => tag);
}
