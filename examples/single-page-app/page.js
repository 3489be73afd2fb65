/* global oidc -- what the script before this one brings */

const { issuer, clientId } = await (await fetch('/settings.json')).json();
const element = (id) => document.getElementById(id);

const users = new oidc.UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: `${location.origin}/`,
  post_logout_redirect_uri: `${location.origin}/`,
  scope: 'openid profile email',
  // Name and address are asked for with the access token; the id token says who, and no more.
  loadUserInfo: true,
  // A minute before the access token ends, by the refresh token: no hidden frame, no cookie of another site.
  automaticSilentRenew: true,
  // Goes with the tab.
  userStore: new oidc.WebStorageStateStore({ store: sessionStorage }),
});

on('sign-in', () => users.signinRedirect());
on('sign-out', () => users.signoutRedirect());
on('renew', async () => {
  const before = await users.getUser();
  const after = await users.signinSilent();
  return after.access_token === before.access_token ? 'Nothing new.' : 'There are new tokens.';
});

users.events.addUserLoaded(show);
users.events.addUserUnloaded(show);
if (/[?&](code|error)=/.test(location.search)) {
  await say(() => users.signinCallback());
  // What came back is used up.
  history.replaceState(null, '', '/');
}
await show();

async function show() {
  const user = await users.getUser();
  const who = user ? `Signed in as ${user.profile.name} (${user.profile.email})` : 'Not signed in';
  element('who').textContent = who;
  element('sign-in').hidden = user !== null;
  for (const id of ['renew', 'sign-out']) element(id).hidden = user === null;
}

function on(id, work) {
  element(id).addEventListener('click', () => say(work));
}

/** Shows what the work answers, or how it failed. */
async function say(work) {
  element('said').textContent = '';
  const said = await work().catch((error) => error.message);
  if (typeof said === 'string') element('said').textContent = said;
}
