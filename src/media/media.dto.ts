import { Text } from '../platform/http/properties.js';

const example =
  'https://login.example.com/media/mTx0pB3nqJ1sVb7cKf2dYw9eRg5hUa8iZoL4jQ6kXvMtNyPzCrDsEuFwGxHbIlAa';

export class PictureView {
  @Text({ max: 2_048, format: 'uri', example, describe: 'Open to whoever knows it' })
  picture!: string;
}

export class LogoView {
  @Text({ max: 2_048, format: 'uri', example, describe: 'Open to whoever knows it' })
  logo!: string;
}
