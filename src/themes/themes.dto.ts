import { isHttpsAddress } from '../platform/addresses/https-address.rules.js';
import {
  Choice,
  Decimal,
  Integer,
  Nested,
  Text,
  Trimmed,
  ValidateWith,
} from '../platform/http/properties.js';
import { colorPattern } from '../platform/colors/contrast.rules.js';
import { type ContrastWarning, contrastPairs, contrastWarnings } from './theme.rules.js';
import type { ThemeColors, ThemePalette, ThemeTexts } from './theme.types.js';

interface Use {
  optional?: boolean;
  nullable?: boolean;
}

const optional: Use = { optional: true };

const Color = (example: string, describe: string, use: Use = {}) =>
  Text({
    ...use,
    max: 7,
    pattern: colorPattern,
    patternText: 'must be a colour like #2f54c8',
    example,
    describe,
  });
const Primary = (use?: Use) => Color('#2f54c8', 'Of buttons and links', use);
const OnPrimary = (use?: Use) =>
  Color('#ffffff', 'Of text on the primary colour; left out, black or white, whichever reads better', use);
const Background = (use?: Use) => Color('#ffffff', 'Of pages', use);
const Surface = (use?: Use) => Color('#f3f4f8', 'Of boxes and fields on a page', use);
const TextColor = (use?: Use) => Color('#1b1e26', 'Of text', use);

const ProductName =
  (use: Use = {}): PropertyDecorator =>
  (target, name) => {
    Trimmed()(target, name);
    Text({
      ...use,
      max: 100,
      pattern: /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u,
      patternText: 'must be one line',
      example: 'Acme Login',
      describe: 'What pages and mails call what people sign in to; left out, the name of the organization',
    })(target, name);
  };
const SupportEmail = (use: Use = {}) =>
  Text({ ...use, max: 254, example: 'help@acme.example', describe: 'Where people get help by mail' });
const SupportUrl =
  (use: Use = {}): PropertyDecorator =>
  (target, name) => {
    ValidateWith(
      'httpsAddress',
      (value) => typeof value === 'string' && isHttpsAddress(value),
      'must be an https address without a user',
    )(target, name);
    Text({ ...use, max: 2_000, example: 'https://help.acme.example', describe: 'Where people get help' })(
      target,
      name,
    );
  };
const Footers = (use: Use = {}) =>
  Nested(() => ThemeFooterView, {
    ...use,
    list: true,
    maxItems: 20,
    describe:
      'What stands under pages and mails, once a language; who reads another language gets the English one',
  });

export class ThemeFooterView {
  @Text({
    max: 35,
    pattern: /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
    patternText: 'must be a language tag, such as de or de-AT',
    example: 'en',
  })
  locale!: string;

  @Text({ max: 500, example: 'Acme Ltd, 1 Desert Road', describe: 'Plain text; line ends stay' })
  text!: string;
}

export class ChangePaletteBody {
  @Primary(optional)
  primary?: string;

  @OnPrimary(optional)
  onPrimary?: string;

  @Background(optional)
  background?: string;

  @Surface(optional)
  surface?: string;

  @TextColor(optional)
  text?: string;
}

export class ChangeThemeColorsBody {
  @Nested(() => ChangePaletteBody, optional)
  light?: ChangePaletteBody;

  @Nested(() => ChangePaletteBody, optional)
  dark?: ChangePaletteBody;
}

export class ChangeThemeTextsBody {
  @ProductName(optional)
  productName?: string;

  @SupportEmail({ optional: true, nullable: true })
  supportEmail?: string | null;

  @SupportUrl({ optional: true, nullable: true })
  supportUrl?: string | null;

  @Footers(optional)
  footers?: ThemeFooterView[];
}

export class ReplaceThemeBody {
  @Nested(() => ChangeThemeColorsBody, {
    optional: true,
    describe: 'A primary colour that is set for one mode holds for the other too, unless that has its own',
  })
  colors?: ChangeThemeColorsBody;

  @Nested(() => ChangeThemeTextsBody, optional)
  texts?: ChangeThemeTextsBody;
}

export class PaletteView implements ThemePalette {
  @Primary()
  primary!: string;

  @OnPrimary()
  onPrimary!: string;

  @Background()
  background!: string;

  @Surface()
  surface!: string;

  @TextColor()
  text!: string;
}

export class ThemeColorsView implements ThemeColors {
  @Nested(() => PaletteView)
  light!: PaletteView;

  @Nested(() => PaletteView)
  dark!: PaletteView;
}

export class ThemeTextsView implements ThemeTexts {
  @ProductName()
  productName!: string;

  @SupportEmail({ nullable: true })
  supportEmail!: string | null;

  @SupportUrl({ nullable: true })
  supportUrl!: string | null;

  @Footers()
  footers!: ThemeFooterView[];
}

export class ContrastWarningView implements ContrastWarning {
  @Choice(contrastPairs, { describe: 'What is in front, and what is behind' })
  pair!: string;

  @Choice(['light', 'dark'])
  mode!: 'light' | 'dark';

  @Decimal({ min: 1, max: 21, example: 3.21 })
  ratio!: number;

  @Decimal({ min: 1, max: 21, example: 4.5, describe: 'By WCAG 2.2, level AA' })
  needed!: number;
}

/** What everybody may see: pages show it before anybody has signed in. */
export class PublicThemeView {
  @Nested(() => ThemeColorsView)
  colors!: ThemeColorsView;

  @Nested(() => ThemeTextsView)
  texts!: ThemeTextsView;

  @Text({ max: 2_000, nullable: true, example: null, describe: 'Address of the logo' })
  logo!: string | null;
}

export class ThemeView extends PublicThemeView {
  @Nested(() => ContrastWarningView, {
    list: true,
    example: [],
    describe: 'Where people will have trouble reading',
  })
  warnings!: ContrastWarningView[];

  @Integer({ min: 0, max: 2_147_483_647, example: 3, describe: '0 while nothing has been set' })
  version!: number;

  static of(theme: PublicThemeView, version: number): ThemeView {
    return { ...theme, warnings: contrastWarnings(theme.colors), version };
  }
}
