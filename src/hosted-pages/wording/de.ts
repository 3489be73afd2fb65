import type { Wording } from './wording.js';

export const german: Wording = {
  shell: {
    language: 'de',
    errorPrefix: 'Fehler',
    errorSummary: 'Bitte sehen Sie noch einmal nach',
    optional: '(freiwillig)',
    help: 'Hilfe',
    skip: 'Zum Inhalt springen',
    menu: 'Bereiche',
    languages: 'Sprache',
  },
  languageName: 'Deutsch',
  verifyEmail: {
    title: 'E-Mail-Adresse bestätigen',
    text: (organization) =>
      `Bitte bestätigen Sie, dass dies die E-Mail-Adresse Ihres Kontos bei ${organization} ist.`,
    button: 'Adresse bestätigen',
    doneTitle: 'Ihre Adresse ist bestätigt',
    doneText: () => 'Vielen Dank.',
  },
  emailChange: {
    title: 'Neue E-Mail-Adresse bestätigen',
    text: (organization) =>
      `Bitte bestätigen Sie, dass dies künftig die E-Mail-Adresse Ihres Kontos bei ${organization} sein soll.`,
    button: 'Neue Adresse bestätigen',
    doneTitle: 'Ihre Adresse ist geändert',
    doneText: (organization) => `Von nun an schreibt ${organization} an die neue Adresse.`,
  },
  magicLink: {
    title: 'Anmelden',
    text: (organization) => `Melden Sie sich in diesem Browser bei ${organization} an.`,
    button: 'Anmelden',
    doneTitle: 'Sie sind angemeldet',
    doneText: (organization) => `Dieser Browser ist bei ${organization} angemeldet.`,
    doneAs: (person) => `Angemeldet als ${person}.`,
  },
  passwordReset: {
    title: 'Neues Passwort wählen',
    text: (organization) =>
      `Wählen Sie das Passwort Ihres Kontos bei ${organization}. Überall sonst werden Sie abgemeldet.`,
    button: 'Passwort speichern',
    doneTitle: 'Ihr Passwort ist gespeichert',
    doneText: (organization) => `Sie können sich jetzt damit bei ${organization} anmelden.`,
  },
  invitation: {
    title: 'Sie sind eingeladen',
    text: (organization) => `Sie sind zu ${organization} eingeladen.`,
    button: 'Einladung öffnen',
    openTitle: (organization) => `Einladung zu ${organization}`,
    openText: (inviter, organization) =>
      inviter === null
        ? `Sie sind zu ${organization} eingeladen.`
        : `${inviter} lädt Sie zu ${organization} ein.`,
    messageFrom: (inviter) => (inviter === null ? 'Nachricht:' : `Nachricht von ${inviter}:`),
    newUserText: (email) => `Ihr Konto wird ${email} sein. Wählen Sie ein Passwort, um zu beginnen.`,
    signedInText: (email) => `Sie sind als ${email} angemeldet.`,
    acceptButton: 'Einladung annehmen',
    validUntil: (moment) => `Die Einladung endet am ${moment} (UTC).`,
    accountExists: (email, organization) =>
      `${email} hat bei ${organization} schon ein Konto. Melden Sie sich in diesem Browser damit an und öffnen Sie den Link in der E-Mail noch einmal.`,
    outdated: 'Wer Sie eingeladen hat, darf das nicht mehr. Bitten Sie um eine neue Einladung.',
    doneTitle: 'Willkommen',
    doneText: (organization) => `Sie gehören jetzt zu ${organization}.`,
    doneNewText: (email) => `Ihr Konto ${email} ist bereit, und Sie sind damit angemeldet.`,
  },
  fields: {
    email: 'E-Mail-Adresse',
    newPassword: 'Neues Passwort',
    password: 'Passwort',
    passwordHint: 'Je länger, desto besser, gern ein ganzer Satz. Niemand außer Ihnen sieht es.',
    fullName: 'Name',
  },
  flaws: {
    tooShort: (needed) => `Zu kurz: ${needed} Zeichen sind nötig.`,
    guessable: 'Leicht zu erraten: Namen von Ihnen, der Organisation und des Produkts zählen nicht mit.',
    known: 'Das gehört zu den Passwörtern, die zuerst geraten werden.',
    tooLong: 'Zu lang: höchstens 256 Zeichen.',
    missing: 'Das wird gebraucht.',
    badName: 'Das muss ein Name in einer Zeile sein, mit höchstens 200 Zeichen.',
  },
  failures: {
    deadLinkTitle: 'Dieser Link gilt nicht',
    deadLinkText: 'Er ist schon benutzt, abgelaufen oder unvollständig. Fordern Sie einen neuen an.',
    notFoundTitle: 'Hier ist nichts',
    notFoundText: 'Prüfen Sie die Adresse oder öffnen Sie den Link in der E-Mail noch einmal.',
    staleTitle: 'Bitte senden Sie das noch einmal ab',
    staleText:
      'Es ist noch nichts geschehen: Die Seite war sehr lange offen, oder der Browser behält für diese Website keine Cookies.',
    crossSiteTitle: 'Das kam von einer fremden Seite',
    crossSiteText: 'Zu Ihrer Sicherheit ist nichts geschehen. Gehen Sie zurück und beginnen Sie noch einmal.',
    busyTitle: 'Bitte noch einmal versuchen',
    busyText:
      'Der Server kann gerade nicht antworten. Es ist nichts verloren: Laden Sie die Seite in einigen Sekunden neu.',
    failedTitle: 'Etwas ist schiefgegangen',
    failedText: (requestId) => `Das liegt an uns. Wer den Server betreibt, findet es unter ${requestId}.`,
  },
};
