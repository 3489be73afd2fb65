import { ApiProperty } from '@nestjs/swagger';
import { PageOf } from '../platform/http/lists.js';
import { Flag, Id, Moment, Nested, Text } from '../platform/http/properties.js';

class AllowedResourceView {
  @Text({ max: 500, example: 'https://api.acme.example', describe: 'The API, as its identifier' })
  identifier!: string;

  @ApiProperty({ type: [String], example: ['articles:publish'] })
  scopes!: string[];
}

/** An application that may do something in somebody's name. */
export class GrantedApplicationView {
  @Id()
  id!: string;

  @Text({ max: 100, example: 'Wiki' })
  name!: string;

  @Flag({ example: false, describe: 'The organization’s own, which asks nobody for consent' })
  firstParty!: boolean;

  @Text({ max: 2000, nullable: true, example: null })
  clientUri!: string | null;

  @Text({ max: 2000, nullable: true, example: null })
  logoUrl!: string | null;

  @ApiProperty({ type: [String], example: ['openid', 'profile'], description: 'What it may know' })
  scopes!: string[];

  @Nested(() => AllowedResourceView, { list: true })
  resources!: AllowedResourceView[];

  @Moment({ describe: 'Since when' })
  allowedAt!: string;
}

export const GrantedApplicationPage = PageOf(GrantedApplicationView);
export type GrantedApplicationPage = InstanceType<typeof GrantedApplicationPage>;
