import { PageOf } from '../platform/http/lists.js';
import { Id, Integer, Moment, Nested, Text } from '../platform/http/properties.js';
import type { EmailDomain } from './email-domain.entity.js';
import { challengeName, challengeValue } from './email-domains.rules.js';

const providerText = {
  max: 40,
  nullable: true,
  example: 'entra',
  describe: 'Name or id of the provider by which people with such an address sign in',
};

export class CreateEmailDomain {
  @Text({ max: 253, example: 'acme.example', describe: 'Itself only: subdomains are domains of their own' })
  domain!: string;

  @Text({ ...providerText, optional: true })
  provider?: string | null;
}

export class ChangeEmailDomain {
  @Text({ ...providerText, optional: true })
  provider?: string | null;
}

class ChallengeView {
  @Text({ max: 300, example: '_tenantry-challenge.acme.example' })
  name!: string;

  @Text({ max: 10, example: 'TXT' })
  type!: string;

  @Text({ max: 100, example: 'tenantry-domain-verification=Zk0eQh4bA6tqzRr1sWcYJm3vXo8dTgNfLu5iBpK7xE2' })
  value!: string;
}

export class EmailDomainView {
  @Id()
  id!: string;

  @Text({ max: 253, example: 'acme.example' })
  domain!: string;

  @Text({ ...providerText, describe: 'Name of the provider by which people with such an address sign in' })
  provider!: string | null;

  @Nested(() => ChallengeView, { describe: 'The entry that the DNS of the domain has to have, and to keep' })
  challenge!: ChallengeView;

  @Moment({
    nullable: true,
    describe: 'Null while the organization has not shown that the domain is its own',
  })
  verifiedAt!: string | null;

  @Moment({ nullable: true, describe: 'When DNS was asked last' })
  checkedAt!: string | null;

  @Moment({
    nullable: true,
    example: null,
    describe:
      'Since when a verified domain has been without its entry; after seven days it is verified no longer',
  })
  missingSince!: string | null;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  @Integer({ min: 1, max: 2_147_483_647, example: 2, describe: 'Also the `ETag`' })
  version!: number;

  static of(row: EmailDomain, provider: string | null): EmailDomainView {
    return {
      id: row.id,
      domain: row.domain,
      provider,
      challenge: { name: challengeName(row.domain), type: 'TXT', value: challengeValue(row.challenge) },
      verifiedAt: row.verifiedAt?.toISOString() ?? null,
      checkedAt: row.checkedAt?.toISOString() ?? null,
      missingSince: row.missingSince?.toISOString() ?? null,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      version: row.version,
    };
  }
}

export const EmailDomainPage = PageOf(EmailDomainView);
export type EmailDomainPage = InstanceType<typeof EmailDomainPage>;
