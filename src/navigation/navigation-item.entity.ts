import { Column, Entity, PrimaryColumn } from 'typeorm';

export const navigationKinds = ['menu', 'page'] as const;
export type NavigationKind = (typeof navigationKinds)[number];

/** A menu, which opens, or a page, which leads somewhere. */
@Entity({ schema: 'tenantry', name: 'navigation_items' })
export class NavigationItem {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId!: string | null;

  @Column('text')
  key!: string;

  @Column('text')
  label!: string;

  @Column('text')
  kind!: NavigationKind;

  @Column('text', { nullable: true })
  path!: string | null;

  @Column('integer')
  position!: number;

  @Column('text', { nullable: true })
  permission!: string | null;

  @Column({ type: 'integer', insert: false, update: false })
  version!: number;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('uuid', { name: 'updated_by', nullable: true })
  updatedBy!: string | null;
}
