import { ApiProperty } from '@nestjs/swagger';
import { Moment, Nested } from '../platform/http/properties.js';
import { MyOrganization } from './me.dto.js';

const anything = { type: 'object', additionalProperties: true } as const;

const Thing = (description: string) => ApiProperty({ ...anything, nullable: true, description, example: {} });
const Things = (description: string) =>
  ApiProperty({ type: 'array', items: anything, description, example: [] });

/** Made to be read by people and kept; programs read the other routes. */
export class MyExportView {
  @Moment()
  exportedAt!: string;

  @Nested(() => MyOrganization)
  organization!: MyOrganization;

  @Thing('The account')
  user!: object;

  @Thing('Who one says to be')
  profile!: object | null;

  @Things('Roles, given directly or through a team')
  roles!: object[];

  @Things('Memberships')
  teams!: object[];

  @Things('Pictures; `GET /v1/me/profile` tells where they are')
  pictures!: object[];

  @Things('Devices on which one has signed in')
  knownDevices!: object[];

  @Things('Accounts elsewhere that one signs in with, and what was said of one there last')
  linkedAccounts!: object[];

  @Things('Invitations that one has accepted')
  invitations!: object[];

  @Things('Sessions that nobody has ended')
  sessions!: object[];

  @Things('API keys, without their secrets')
  apiKeys!: object[];

  @Things('Mails to one, without their links')
  mails!: object[];

  @Things('What has changed of the account')
  history!: object[];

  @Things('What one did how often, by day')
  activity!: object[];

  @Things('What one has done, as far as it is on record')
  auditEvents!: object[];
}
