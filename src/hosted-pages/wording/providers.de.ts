import type { ProviderWording } from './provider-wording.js';

export const germanProviders: ProviderWording = {
  with: (provider) => `Weiter mit ${provider}`,
  reference: 'Wenn Sie um Hilfe bitten, nennen Sie dieses Zeichen:',
  back: 'Zurück zur Anmeldung',
  toAccount: 'Zurück zu Ihrem Konto',
  failedTitle: (provider) => `Mit ${provider} hat das nicht geklappt`,
  deniedTitle: 'Der Zugang wurde abgelehnt',
  denied: (provider) =>
    `${provider} sagt, dass der Zugang abgelehnt wurde. Vielleicht haben Sie abgelehnt, oder Ihr Konto dort darf hier nicht benutzt werden.`,
  outageTitle: (provider) => `${provider} antwortet nicht`,
  outage: (provider) =>
    `${provider} ist gerade nicht zu erreichen; mit Ihrem Konto ist alles in Ordnung. Versuchen Sie es in einer Minute wieder, oder melden Sie sich anders an.`,
  wrong: (provider) =>
    `Die Antwort von ${provider} stimmt nicht, darum wurde niemand angemeldet. Versuchen Sie es noch einmal; bleibt es dabei, können die Verwalter dieser Organisation lesen, woran es lag.`,
  overTitle: 'Bitte beginnen Sie von vorn',
  expired: 'Die Anmeldung hat länger als zehn Minuten gedauert.',
  used: 'Diese Antwort wurde schon benutzt. Wenn Sie angemeldet sind, ist alles in Ordnung.',
  browser:
    'Die Anmeldung wurde in einem anderen Browser begonnen, oder dieser behält keine Cookies. Beginnen und beenden Sie sie im selben Browser.',
  changed: 'Die Verwalter haben diesen Weg der Anmeldung gerade geändert.',
  refused: {
    notLinked: (provider) =>
      `Es gibt schon ein Konto mit Ihrer E-Mail-Adresse. Melden Sie sich an wie immer, und verknüpfen Sie ${provider} auf der Seite Ihres Kontos.`,
    unavailable: 'Ihr Konto hier kann sich nicht anmelden. Fragen Sie die Verwalter dieser Organisation.',
    linkedElsewhere: 'Dieses Konto ist hier mit jemand anderem verknüpft.',
    closed: (organization) =>
      `${organization} legt Konten selbst an, und für Sie gibt es noch keines. Fragen Sie die Verwalter.`,
    domain:
      'Auf diesem Weg kommen nur Menschen mit einer E-Mail-Adresse bestimmter Domains herein; Ihre gehört nicht dazu.',
    reauthentication:
      'Um ein Konto zu verknüpfen, zeigen Sie erst, dass Sie es sind: Melden Sie sich noch einmal an, und tun Sie es dann gleich.',
    signedOut:
      'Sie wurden inzwischen abgemeldet. Melden Sie sich an, und verknüpfen Sie das Konto noch einmal.',
    organization: (provider) =>
      `Ihr Konto bei ${provider} gehört zu keiner Organisation, die auf diesem Weg hereinkommt. Wählen Sie dort ein anderes Konto.`,
    other: (provider) => `${provider} kennt Sie, aber Sie dürfen auf diesem Weg nicht herein.`,
  },
  onward: {
    title: (provider) => `Weiter zu ${provider}`,
    text: (provider) => `Melden Sie sich bei ${provider} an. Danach kommen Sie hierher zurück.`,
    button: (provider) => `Weiter zu ${provider}`,
  },
  verification: {
    title: 'Schauen Sie in Ihre Post',
    text: (email) =>
      `Zeigen Sie erst, dass Sie die Mails von ${email} lesen: Wir haben Ihnen eine geschickt. Folgen Sie ihrem Link, und melden Sie sich dann auf demselben Weg noch einmal an.`,
  },
  test: {
    title: 'Ein Versuch',
    lead: (provider, organization) =>
      `Ein Verwalter von ${organization} probiert ${provider} aus. Wenn Sie weitermachen, wird den Verwaltern gezeigt, was ${provider} über Sie sagt. Niemand wird angemeldet.`,
    button: (provider) => `Weiter zu ${provider}`,
    doneTitle: 'Der Versuch ist gelungen',
    done: 'Die Antwort des Anbieters stimmt. Niemand wurde angemeldet, und nichts wurde geändert.',
    outcome: 'Was geschehen würde',
    roles: 'Rollen aus Angaben',
    claims: 'Was der Anbieter sagt',
    claim: 'Angabe',
    value: 'Wert',
  },
};
