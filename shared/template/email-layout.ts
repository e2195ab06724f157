interface EmailParts {
  /** Escaped, as are all three. */
  title: string;
  preheader: string;
  body: string;
}

const font = "font-family: Helvetica, Arial, sans-serif;";

// A long word or address breaks, in tables too, where `overflow-wrap` alone would let it widen the page.
const breaking = "overflow-wrap: break-word; word-break: break-word;";

// One scheme is declared, and every colour set, so that no client turns half of them dark.
const head =
  '<meta charset="utf-8">' +
  '<meta name="viewport" content="width=device-width, initial-scale=1">' +
  '<meta name="color-scheme" content="light">' +
  '<meta name="supported-color-schemes" content="light">' +
  '<meta name="format-detection" content="telephone=no">' +
  "<style>:root { color-scheme: light; supported-color-schemes: light; } " +
  "body { margin: 0 !important; } div[style*='margin: 16px 0'] { margin: 0 !important; }</style>";

// `lang` stands at the words as well: webmail takes the document's own away.
const beforeBody =
  '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" ' +
  'style="border-collapse: collapse; min-width: 100%; width: 100%; background-color: #ffffff;"><tr>' +
  '<td align="center" bgcolor="#ffffff" style="padding: 0;">' +
  '<!--[if (gte mso 9)|(IE)]><table role="presentation" width="580" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->' +
  '<table role="presentation" align="center" cellpadding="0" cellspacing="0" border="0" ' +
  'style="border-collapse: collapse; table-layout: fixed; max-width: 580px; width: 100%;">' +
  '<tr><td height="30" style="height: 30px; line-height: 30px; font-size: 1px;">&nbsp;</td></tr>' +
  `<tr><td align="left" lang="en" style="padding: 0 10px; ${font} font-size: 19px; line-height: 25px; ` +
  `color: #0B0C0C; ${breaking}">`;

const afterBody =
  "</td></tr>" +
  '<tr><td height="30" style="height: 30px; line-height: 30px; font-size: 1px;">&nbsp;</td></tr>' +
  "</table><!--[if (gte mso 9)|(IE)]></td></tr></table><![endif]--></td></tr></table>";

/** The page around an email's body: a centred column of at most 580px, with nobody's brand on it. */
export function layOutEmail({ title, preheader, body }: EmailParts): string {
  const hidden =
    preheader === ""
      ? ""
      : '<span aria-hidden="true" style="display: none; font-size: 1px; line-height: 1px; color: #ffffff; ' +
        `max-height: 0; max-width: 0; opacity: 0; overflow: hidden;">${preheader}…</span>`;
  return (
    `<!DOCTYPE html>\n<html lang="en">\n<head>${head}<title>${title}</title></head>\n` +
    `<body style="${font} font-size: 16px; Margin: 0; padding: 0; background-color: #ffffff; color: #0B0C0C;">\n` +
    `${hidden}\n${beforeBody}\n${body}\n${afterBody}\n</body>\n</html>\n`
  );
}
