import { ArrayMinSize } from 'class-validator';
import { permissionPattern } from '../platform/access/permission-set.js';
import { Flag, Id, Moment, Nested, Text, TextList } from '../platform/http/properties.js';

const permissionText = 'must be a permission like articles:publish';

/** Exactly one of `token` and `userId`, and exactly one of `permission` and `permissions`. */
export class AccessCheckBody {
  @Text({
    max: 4_096,
    optional: true,
    describe: 'A session token of the user, or a JWT access token; or else `userId`',
    example: 'ten_ses_…',
  })
  token?: string;

  @Id({ optional: true, describe: 'Or else `token`' })
  userId?: string;

  @Text({
    max: 129,
    pattern: permissionPattern,
    patternText: permissionText,
    optional: true,
    describe: 'Or else `permissions`',
    example: 'articles:publish',
  })
  permission?: string;

  @ArrayMinSize(1)
  @TextList({
    maxItems: 100,
    pattern: permissionPattern,
    patternText: permissionText,
    optional: true,
    describe: 'Several, each answered for itself; or else `permission`',
    example: ['articles:publish', 'articles:write'],
  })
  permissions?: string[];
}

export class ReasonView {
  @Text({ max: 64, example: 'editor' })
  role!: string;

  @Text({
    max: 105,
    describe:
      '`user` for a role of the user, `team:` and the name for one of a team; `application` for one of a machine',
    example: 'team:writers',
  })
  through!: string;

  @Moment({ optional: true, describe: 'Missing for good' })
  expiresAt?: string;
}

export class PermissionCheckView {
  @Text({ max: 129, example: 'articles:publish' })
  permission!: string;

  @Flag({ example: true })
  allowed!: boolean;

  @Nested(() => ReasonView, { list: true })
  because!: ReasonView[];
}

export class AccessCheckView {
  @Flag({ describe: 'With several permissions: whether all of them are given', example: true })
  allowed!: boolean;

  @Nested(() => ReasonView, {
    list: true,
    optional: true,
    describe: 'Every way that gives `permission`, up to 1,000',
  })
  because?: ReasonView[];

  @Nested(() => PermissionCheckView, {
    list: true,
    optional: true,
    describe: 'One for each of `permissions`',
  })
  results?: PermissionCheckView[];
}
