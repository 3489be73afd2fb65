import { hidden } from '../../platform/http/html/form.js';
import { html, type Markup, type Part } from '../../platform/http/html/markup.js';
import { SignInFlows } from '../../sign-in-flow/sign-in-flows.service.js';
import { formOf } from '../visit.js';
import { type Destination, destinationFields, type SignInVisit } from './sign-in-visit.js';

interface BeginningForm {
  readonly content: Part;
  readonly button: Markup;
  /** The page that takes it. */
  readonly page?: string;
}

/** Begins one flow, however often it is sent. */
export function beginningForm(
  { services, visit, addresses }: SignInVisit,
  destination: Destination,
  { content, button: end, page = 'sign-in' }: BeginningForm,
): Markup {
  const fields = Object.entries(destinationFields(destination));
  return formOf(visit, {
    action: addresses.at(page, destinationFields(destination)),
    content: html`${hidden('begin', services.get(SignInFlows).newId())}
    ${fields.map(([name, value]) => hidden(name, value))} ${content}`,
    button: end,
  });
}
