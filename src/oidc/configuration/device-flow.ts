import type { Client, Context } from 'oidc-provider';
import type { DeviceFailure } from '../oidc-pages.types.js';
import { readForm } from '../pages/engine-forms.js';
import { show } from '../pages/shown-pages.js';

interface DeviceInfo {
  readonly ip?: string;
  readonly ua?: string;
}

const failures: Readonly<Record<string, DeviceFailure>> = {
  NoCodeError: 'missing',
  NotFoundError: 'unknown',
  ExpiredError: 'expired',
  AlreadyUsedError: 'used',
  AbortedError: 'aborted',
};

const longestUserCode = 20;

/** RFC 8628. The code has 20 letters, none of which make words: 34 bits for 10 minutes. */
export function deviceFlow() {
  return {
    deviceFlow: {
      enabled: true,
      charset: 'base-20',
      mask: '****-****',
      userCodeInputSource(ctx: Context, form: string, _out?: object, error?: Error & { userCode?: string }) {
        const { action, fields } = readForm(form);
        const failure = error === undefined ? null : (failures[error.name] ?? 'failed');
        const userCode = error?.userCode?.slice(0, longestUserCode) ?? '';
        show(ctx, {
          kind: 'device-code',
          form: { action, fields: { xsrf: fields['xsrf']! } },
          failure,
          userCode,
        });
      },
      userCodeConfirmSource(
        ctx: Context,
        form: string,
        client: Client,
        info: DeviceInfo | undefined,
        userCode: string,
      ) {
        const { action, fields } = readForm(form);
        const { confirm: _confirm, ...others } = fields;
        show(ctx, {
          kind: 'device-confirmation',
          form: { action, fields: others },
          application: { id: client.clientId, name: client.clientName ?? client.clientId },
          userCode,
          device: { ip: info?.ip ?? null, userAgent: info?.ua?.slice(0, 200) ?? null },
        });
      },
      successSource(ctx: Context) {
        const { client } = ctx.oidc;
        show(ctx, {
          kind: 'device-done',
          application: { id: client!.clientId, name: client!.clientName ?? client!.clientId },
        });
      },
    },
  };
}
