import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A permission or wildcard in a role. */
@Entity({ schema: 'tenantry', name: 'role_permissions' })
export class RolePermission {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid', { name: 'role_id' })
  roleId!: string;

  @PrimaryColumn('text')
  permission!: string;

  /** Of the organization's own permissions, with which this row goes away. */
  @Column('uuid', { name: 'permission_id', nullable: true })
  permissionId!: string | null;
}
