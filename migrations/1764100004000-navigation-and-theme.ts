import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an organization's applications show: menus and pages, colours and texts. */
export class NavigationAndTheme1764100004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(navigation);
    await runner.query(themes);
    await runner.query(privileges);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from server_privileges where name in ('navigations', 'navigation_items', 'themes');
      drop table themes, navigation_items, navigations;
    `);
  }
}

const navigation = /* sql */ `
/* The tree as a whole: whoever changes it holds this row, so that nobody moves an item under what another one moves. */
create table navigations (
  org_id uuid primary key references organizations (id) on delete cascade,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by uuid
);

create table navigation_items (
  org_id uuid not null references navigations (org_id) on delete cascade,
  id uuid not null default new_id(),
  parent_id uuid,
  key text not null check (key ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  label text not null check (length(label) between 1 and 100),
  kind text not null check (kind in ('menu', 'page')),
  path text check (length(path) between 1 and 2000),
  position integer not null default 0 check (position >= 0),
  /* Null: everybody who is signed in. A permission that was deleted is held by nobody but by wildcards. */
  permission text check (length(permission) <= 129),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  constraint navigation_items_key_taken unique (org_id, key),
  foreign key (org_id, parent_id) references navigation_items (org_id, id) on delete cascade,
  check (kind = 'menu' or path is not null),
  check (parent_id <> id)
);
create index navigation_items_by_parent on navigation_items (org_id, parent_id);
create trigger touch before update on navigation_items for each row execute function touch_row();
`;

const themes = /* sql */ `
create table themes (
  org_id uuid primary key references organizations (id) on delete cascade,
  /* Only what was set; the rest is the product's. */
  colors jsonb not null default '{}' check (jsonb_typeof(colors) = 'object' and octet_length(colors::text) <= 2000),
  texts jsonb not null default '{}' check (jsonb_typeof(texts) = 'object' and octet_length(texts::text) <= 65536),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid
);
create trigger touch before update on themes for each row execute function touch_row();
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'navigations', 'select, insert, update'),
  ('table', 'navigation_items', 'select, insert, update, delete'),
  ('table', 'themes', 'select, insert, update');
`;
