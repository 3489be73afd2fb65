import type { AccountHolder } from './account-holder.js';

/** On the very host that the page is on: pages load images from nowhere else. */
export function pictureOf({ profile: { picture } }: AccountHolder): string | null {
  return picture === null ? null : new URL(picture).pathname;
}
