/** A permission that the product itself asks for. */
export interface ProductPermission {
  /** `resource:action` */
  readonly name: string;
  readonly resource: string;
  readonly action: string;
  readonly description: string;
  /** Exists in the platform organization only. */
  readonly platformOnly: boolean;
}

const descriptions = {
  'users:read': 'Read users, their roles and their teams',
  'users:write': 'Create, change, lock, deactivate and delete users, and set their roles',
  'roles:read': 'Read roles and permissions',
  'roles:write': 'Define permissions; create, change and delete roles',
  'teams:read': 'Read teams, their members and their roles',
  'teams:write': 'Create, change and delete teams, and set their members and roles',
  'invitations:read': 'Read invitations, without their secrets',
  'invitations:write': 'Invite people, send invitations again and revoke them',
  'sessions:read': 'Read the sessions of users',
  'sessions:revoke': 'End the sessions of users',
  'sessions:validate': 'Ask whether a session token is valid, and whose it is',
  'access:check': 'Ask whether a user has a permission, and why',
  'api-keys:read': 'Read API keys, without their secrets',
  'api-keys:write': 'Create and delete API keys',
  'applications:read': 'Read applications, without their secrets',
  'applications:write':
    'Create, change and delete applications, their secrets and roles, and tokens to register them',
  'providers:read':
    'Read upstream identity providers, without their secrets, and what became of attempts to come by them',
  'providers:write': 'Create, change, test and delete upstream identity providers',
  'accounts:read': 'Read which accounts elsewhere users sign in with',
  'accounts:write': 'Unlink accounts of users',
  'accounts:tokens': 'Read the tokens that providers gave for users, and act for these there',
  'email-domains:read': 'Read the e-mail domains of the organization',
  'email-domains:write': 'Name, verify and delete e-mail domains, and the providers for them',
  'scopes:read': 'Read scopes, claims and the APIs that take access tokens',
  'scopes:write': 'Define scopes, claims and the APIs that take access tokens',
  'signing-keys:read': 'Read the public keys that tokens are signed with, and their states',
  'signing-keys:write': 'Publish and remove the keys that tokens are signed with',
  'policies:read': 'Read the rules for registration, passwords, sessions, signing in and tokens',
  'policies:write': 'Change the rules for registration, passwords, sessions, signing in and tokens',
  'navigation:read': 'Read the whole navigation, with the permissions that its items ask for',
  'navigation:write': 'Change the navigation',
  'theme:read': 'Read the theme, with warnings about its contrast',
  'theme:write': 'Change the theme',
  'analytics:read': 'Read how many users there are and how they sign in',
  'mails:read': 'Read the outbox: which mail went to whom, and what became of it',
  'mails:write': 'Send mails again',
  'mail-templates:read': 'Read and preview what mails say',
  'mail-templates:write': 'Change what mails say',
  'audit:read': 'Read audit events',
  'organization:read': 'Read the organization itself',
  'organization:write': 'Change the name and the settings of the organization',
  'organization:delete': 'Delete the organization',
  'owners:write': 'Change, lock and remove owners, together with holding everything that they hold',
  'platform:organizations': 'Create, read, change, suspend and delete organizations: operators',
} as const;

export type ProductPermissionName = keyof typeof descriptions;

/** Every permission of the product, in the order of the documentation. */
export const productPermissions: readonly ProductPermission[] = Object.entries(descriptions).map(
  ([name, description]) => {
    const [resource, action] = name.split(':') as [string, string];
    return { name, resource, action, description, platformOnly: resource === 'platform' };
  },
);

/** Resources that no organization can define permissions of. */
export const productResources: ReadonlySet<string> = new Set(
  productPermissions.map(({ resource }) => resource),
);

export const ownerRole = 'owner';
export const adminRole = 'admin';

interface SystemRole {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
}

/**
 * What every organization starts with. `admin` names its permissions one by one, so that the reserved ones stay out of
 * it; it gets the organization's own permissions as they are defined.
 */
export const systemRoles: readonly SystemRole[] = [
  { name: ownerRole, description: 'Holds everything; an organization always has one', permissions: ['*'] },
  {
    name: adminRole,
    description: 'Holds everything but deleting the organization and touching owners',
    permissions: [
      'users:*',
      'roles:*',
      'teams:*',
      'invitations:*',
      'sessions:*',
      'access:*',
      'api-keys:*',
      'applications:*',
      'providers:*',
      'accounts:read',
      'accounts:write',
      'email-domains:*',
      'scopes:*',
      'signing-keys:*',
      'policies:*',
      'navigation:*',
      'theme:*',
      'analytics:*',
      'mails:*',
      'mail-templates:*',
      'audit:*',
      'organization:read',
      'organization:write',
    ],
  },
  { name: 'member', description: 'Belongs to the organization and holds nothing', permissions: [] },
];
