import type { MailTemplateName } from '../mail-template-names.js';
import type { MailFrame, MailWording } from '../mail-wording.js';

export const germanFrame: MailFrame = {
  greeting: 'Guten Tag,',
  greetingWithName: 'Guten Tag {{ user.name }},',
  linkHint: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
  codeHint: 'Oder geben Sie diesen Code dort ein, wo Sie danach gefragt werden:',
  codeRemark:
    'Der Code gilt einmal, {{ codeValidFor }} lang. Nennen Sie ihn niemandem: Wer Sie danach fragt, ist nicht von {{ organization.name }}.',
  help: 'Hilfe:',
  footer: 'Diese E-Mail kommt von {{ organization.name }}.',
};

const ignore = 'Wenn Sie das nicht veranlasst haben, brauchen Sie nichts zu tun: Es ändert sich nichts.';
const validFor =
  '{% if validFor %}Der Link gilt einmal, {{ validFor }} lang.{% else %}Der Link gilt einmal.{% endif %}';

export const germanMails: Record<MailTemplateName, MailWording> = {
  welcome: {
    subject: 'Willkommen bei {{ organization.name }}',
    heading: 'Willkommen bei {{ organization.name }}',
    paragraphs: ['Ihr Konto ist eingerichtet. Bitte bestätigen Sie, dass dies Ihre E-Mail-Adresse ist.'],
    button: 'Adresse bestätigen',
    remarks: [
      validFor,
      'Wenn Sie von diesem Konto nichts wissen, brauchen Sie nichts zu tun: Ohne Ihre Bestätigung gilt die Adresse als niemandes.',
    ],
  },
  'verify-email': {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    heading: 'Bestätigen Sie Ihre E-Mail-Adresse',
    paragraphs: [
      'Bitte bestätigen Sie, dass dies die E-Mail-Adresse Ihres Kontos bei {{ organization.name }} ist.',
    ],
    button: 'Adresse bestätigen',
    remarks: [validFor, ignore],
  },
  'reset-password': {
    subject: 'Neues Passwort festlegen',
    heading: 'Neues Passwort festlegen',
    paragraphs: ['Für Ihr Konto bei {{ organization.name }} wurde ein neues Passwort angefordert.'],
    button: 'Neues Passwort festlegen',
    remarks: [
      validFor,
      'Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist, und ohne diese E-Mail kann es niemand ändern.',
    ],
  },
  'set-password': {
    subject: 'Ihr Passwort für {{ organization.name }}',
    heading: 'Wählen Sie ein Passwort',
    paragraphs: [
      'Bei {{ organization.name }} ist ein Konto für Sie eingerichtet. Wählen Sie ein Passwort, um zu beginnen.',
    ],
    button: 'Passwort wählen',
    remarks: [validFor, 'Niemand außer Ihnen sieht das Passwort, auch nicht die Administratoren.'],
  },
  'email-change': {
    subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    heading: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    paragraphs: [
      'Diese Adresse soll die Ihres Kontos bei {{ organization.name }} werden. Bitte bestätigen Sie sie; bis dahin bleibt die alte.',
    ],
    button: 'Neue Adresse bestätigen',
    remarks: [validFor, ignore],
  },
  'email-change-notice': {
    subject: 'Ihre E-Mail-Adresse soll sich ändern',
    heading: 'Ihre E-Mail-Adresse soll sich ändern',
    paragraphs: [
      'Die Adresse Ihres Kontos bei {{ organization.name }} soll künftig {% if data.newEmail %}{{ data.newEmail }}{% else %}eine andere{% endif %} sein. Sie ändert sich, sobald die neue bestätigt ist.',
      'Wenn Sie das nicht waren, ändern Sie jetzt Ihr Passwort und verständigen Sie Ihre Administratoren: Vielleicht hat jemand anderes Zugang zu Ihrem Konto.',
    ],
    button: null,
    remarks: [],
  },
  'password-changed': {
    subject: 'Ihr Passwort wurde geändert',
    heading: 'Ihr Passwort wurde geändert',
    paragraphs: [
      'Das Passwort Ihres Kontos bei {{ organization.name }} wurde geändert, und Ihre anderen Sitzungen sind beendet.',
      'Wenn Sie das nicht waren, fordern Sie jetzt auf der Anmeldeseite ein neues Passwort an und verständigen Sie Ihre Administratoren.',
    ],
    button: null,
    remarks: [],
  },
  'magic-link': {
    subject: 'Anmelden bei {{ organization.name }}',
    heading: 'Anmelden bei {{ organization.name }}',
    paragraphs: ['Mit diesem Link melden Sie sich ohne Passwort an.'],
    button: 'Anmelden',
    remarks: [
      validFor,
      'Geben Sie diese E-Mail nicht weiter: Wer sie hat, kann sich als Sie anmelden. ' + ignore,
    ],
  },
  invitation: {
    subject:
      '{% if data.invitedBy %}{{ data.invitedBy }} lädt Sie ein{% else %}Sie sind eingeladen{% endif %}: {{ organization.name }}',
    heading: 'Sie sind eingeladen zu {{ organization.name }}',
    paragraphs: [
      '{% if data.invitedBy %}{{ data.invitedBy }} hat Sie eingeladen{% else %}Sie wurden eingeladen{% endif %}, bei {{ organization.name }} mitzumachen.',
      '{% if data.message %}„{{ data.message }}“{% endif %}',
    ],
    button: 'Einladung annehmen',
    remarks: [
      'Der Link gilt einmal, bis zum {{ data.endsOn }}.',
      'Wenn Sie nicht mitmachen möchten, brauchen Sie nichts zu tun.',
    ],
  },
  'account-exists': {
    subject: 'Sie haben bereits ein Konto',
    heading: 'Sie haben bereits ein Konto',
    paragraphs: [
      'Jemand, vermutlich Sie selbst, wollte sich mit dieser Adresse bei {{ organization.name }} registrieren. Es gibt bereits ein Konto damit, Sie können sich also anmelden.',
      'Wenn Sie das Passwort vergessen haben, fordern Sie auf der Anmeldeseite ein neues an. Wenn Sie es nicht waren, ist nichts zu tun: Niemand erfährt, dass Sie ein Konto haben.',
    ],
    button: null,
    remarks: [],
  },
  'organization-list': {
    subject: 'Ihre Organisationen',
    heading: 'Ihre Organisationen',
    paragraphs: [
      'Diese Organisationen kennen diese Adresse. Folgen Sie der, bei der Sie sich anmelden möchten:',
      '{{ data.organizations }}',
    ],
    button: null,
    remarks: ['Wenn Sie nicht danach gefragt haben, ist nichts zu tun: Niemand sonst hat etwas erfahren.'],
  },
};
