import type { FastifyReply, FastifyRequest } from 'fastify';

/** A form that leads on; `fields` go with it as they are. */
export interface PageForm {
  /** An address of this server. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface PageApplication {
  readonly id: string;
  /** As somebody typed it, who may be anybody. */
  readonly name: string;
}

/** What the protocol has to say to a person. */
export type OidcPage =
  /** The request cannot be answered, and its sender cannot be told. `code` is one of RFC 6749 and its like. */
  | { readonly kind: 'error'; readonly code: string; readonly description: string | null }
  /** Shall this browser be signed out? Yes: the form with `logout=yes` added. No: the form as it is. */
  | {
      readonly kind: 'sign-out';
      readonly form: PageForm;
      readonly application: PageApplication | null;
      /** Where the answer to the form leads in the end; for `form-action` of the page. */
      readonly redirectUri: string | null;
    }
  /** Between two sites; goes on by itself where scripts run. A field is there as often as it is to be sent. */
  | {
      readonly kind: 'continue';
      readonly action: string;
      readonly fields: readonly (readonly [name: string, value: string])[];
    }
  | { readonly kind: 'signed-out'; readonly application: PageApplication | null }
  /** Takes `user_code`. */
  | {
      readonly kind: 'device-code';
      readonly form: PageForm;
      readonly failure: DeviceFailure | null;
      readonly userCode: string;
    }
  /** Is this the code on the device? Yes: the form with `confirm=yes` added. No: with `abort=yes`. */
  | {
      readonly kind: 'device-confirmation';
      readonly form: PageForm;
      readonly application: PageApplication;
      readonly userCode: string;
      readonly device: { readonly ip: string | null; readonly userAgent: string | null };
    }
  | { readonly kind: 'device-done'; readonly application: PageApplication };

export type DeviceFailure = 'missing' | 'unknown' | 'expired' | 'used' | 'aborted' | 'failed';

export interface OidcPageVisit {
  readonly organization: { readonly id: string; readonly slug: string; readonly name: string };
  readonly request: FastifyRequest;
  /** With what the browser is to keep already in its headers. */
  readonly reply: FastifyReply;
  readonly status: number;
  /** As the application asked for (`ui_locales`), or null. */
  readonly uiLocales: string | null;
}

/** Whoever shows pages gives one of these when the protocol is installed. */
export interface OidcPages {
  /** Nothing is here: no such organization, for one. */
  sendNotFound(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  send(page: OidcPage, visit: OidcPageVisit): FastifyReply | Promise<FastifyReply>;
}
