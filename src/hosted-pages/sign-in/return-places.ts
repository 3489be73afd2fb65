import { accountPaths, returnPlaceOf } from '../account/account-addresses.js';

const places: Readonly<Record<string, string>> = {
  home: '',
  device: 'device',
  ...Object.fromEntries(accountPaths.map((path) => [returnPlaceOf(path), path])),
};

const usualPlace = 'account';

/**
 * Where people go from here without an application, by a name of a closed list. An address never stands in a link or a form:
 * nobody can be led away from here.
 */
export const readReturnPlace = (name: string): string => (Object.hasOwn(places, name) ? name : usualPlace);

/** Below the organization's own address. */
export const pathOfPlace = (name: string): string => places[readReturnPlace(name)]!;
