import type { AccountHolder } from './account-holder.js';

export const pictureOf = ({ profile }: AccountHolder): string | null => pathOfImage(profile.picture);

/** On the very host that the page is on: pages load images from nowhere else. */
export function pathOfImage(address: string | null): string | null {
  return address === null ? null : new URL(address).pathname;
}
