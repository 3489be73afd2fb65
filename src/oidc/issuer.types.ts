/** An organization as an issuer, as the database said after the request came in. */
export interface Issuer {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly isPlatform: boolean;
  /** Another one means that something has changed that an issuer is made of. */
  readonly version: string;
}
