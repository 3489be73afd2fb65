import { ApiProperty } from '@nestjs/swagger';
import { RoleView } from '../access-control/role.view.js';
import { Nested, Text } from '../platform/http/properties.js';

export class RoleInPreset {
  @Text({ max: 64, example: 'commenter' })
  name!: string;

  @Text({ max: 500, example: 'Comments on articles' })
  description!: string;

  @ApiProperty({ type: [String], example: ['comments:write'] })
  permissions!: string[];
}

export class RolePresetView {
  @Text({ max: 64, example: 'posters-and-commenters' })
  name!: string;

  @Text({ max: 500, example: 'A few write and publish, everybody else discusses' })
  description!: string;

  @Nested(() => RoleInPreset, { list: true })
  roles!: RoleInPreset[];
}

export class RolePresetList {
  @Nested(() => RolePresetView, { list: true })
  items!: RolePresetView[];
}

export class LoadedRolePreset {
  @Nested(() => RoleView, { list: true, describe: 'The roles that were not there before' })
  created!: RoleView[];
}
