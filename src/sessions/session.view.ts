import { Flag, Id, Moment, Text, TextList } from '../platform/http/properties.js';
import { PageOf } from '../platform/http/lists.js';
import type { SessionRow } from './sessions.queries.js';

export class SessionView {
  @Id()
  id!: string;

  @Moment({ describe: 'When it ends unless it is used before, at the latest at its absolute end' })
  expiresAt!: string;

  @Moment({ describe: 'When the person last proved who they are' })
  authenticatedAt!: string;

  @TextList({
    maxItems: 10,
    pattern: /^[a-z]+$/,
    patternText: 'methods',
    example: ['pwd'],
    describe: 'How (RFC 8176)',
  })
  methods!: string[];

  @Moment()
  createdAt!: string;

  @Moment()
  lastUsedAt!: string;

  @Text({ max: 45, nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @Text({ max: 500, nullable: true, example: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/146.0' })
  userAgent!: string | null;

  @Flag({ example: true, describe: 'Whether the request was made with this session' })
  current!: boolean;
}

export const SessionPage = PageOf(SessionView);
export type SessionPage = InstanceType<typeof SessionPage>;

export function sessionView(row: SessionRow, currentId: string | null): SessionView {
  return {
    id: row.id,
    expiresAt: row.ends_at.toISOString(),
    authenticatedAt: row.auth_time.toISOString(),
    methods: row.amr,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at.toISOString(),
    ip: row.ip,
    userAgent: row.user_agent,
    current: row.id === currentId,
  };
}
