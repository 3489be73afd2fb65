import { Injectable } from '@nestjs/common';
import { sessionNeededProblem } from '../me/me.problems.js';
import type { Actor } from '../platform/access/actor.js';
import type { PictureView } from './media.dto.js';
import { Pictures } from './pictures.service.js';

/** One's own picture: a person's business, not that of a program with a key. */
@Injectable()
export class MyPicture {
  constructor(private readonly pictures: Pictures) {}

  /** @throws Problem `permission_denied` for API keys */
  async set(actor: Actor, read: () => Promise<Buffer>): Promise<PictureView> {
    requireSession(actor);
    return this.pictures.set(actor, actor.userId, read);
  }

  /** @throws Problem `permission_denied` for API keys */
  async remove(actor: Actor): Promise<void> {
    requireSession(actor);
    return this.pictures.remove(actor, actor.userId);
  }
}

function requireSession({ kind }: Actor): void {
  if (kind !== 'session') throw sessionNeededProblem();
}
