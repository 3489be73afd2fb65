import express from 'express';
import expressOpenIdConnect from 'express-openid-connect';

/* An application as the documentation of express-openid-connect has it. A process of its own: Jest cannot load that. */

const { ISSUER, BASE_URL, CLIENT_ID, CLIENT_SECRET } = process.env;
const application = express();

application.use(
  expressOpenIdConnect.auth({
    issuerBaseURL: ISSUER,
    baseURL: BASE_URL,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: 'a long secret of the application alone',
    authRequired: false,
    idpLogout: true,
    authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' },
  }),
);
application.get('/', ({ oidc }, response) => {
  response.send(oidc.isAuthenticated() ? `signed in: ${oidc.user.sub}` : 'signed out');
});
application.get('/who', async ({ oidc }, response) => {
  response.send(`userinfo: ${(await oidc.fetchUserInfo()).email}`);
});
application.get('/refresh', async ({ oidc }, response) => {
  const before = oidc.accessToken.access_token;
  const { access_token: after } = await oidc.accessToken.refresh();
  response.send(`refreshed: ${after !== before}`);
});

const { port, hostname } = new URL(BASE_URL);
application.listen(port, hostname, () => console.log('listening'));
