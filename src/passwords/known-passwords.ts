import { Injectable } from '@nestjs/common';

/**
 * The 49,000 passwords that are guessed first. Read on first use, since a server that only validates needs none of it;
 * 5 MB from then on.
 */
@Injectable()
export class KnownPasswords {
  #known: Promise<ReadonlySet<string>> | undefined;

  load(): Promise<ReadonlySet<string>> {
    return (this.#known ??= readKnownPasswords());
  }
}

async function readKnownPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].map((password) => password.normalize('NFC').toLowerCase()));
}
