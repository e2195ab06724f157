import { whitespaceClass } from "../text/whitespace.ts";

const anySpace = new RegExp(`[${whitespaceClass}]+`, "g");

/** The crown dependencies' among them; Gibraltar's, which looks the same, is not. */
const areas = `AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN
  EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L GIR LA LD LE LL LN LS LU M ME MK ML N NE NG NN
  NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA
  WC WD WF WN WR WS WV YO ZE`;

const postcode = new RegExp(
  `^((?:${areas.split(/\s+/).join("|")})[0-9][0-9A-Z]?)([0-9][ABD-HJLNP-UW-Z]{2})$`,
);

/** `LS1 4AP` for `ls14ap`; null for what is no postcode (`spec/recipients.md` 3.2). */
export function normalisePostcode(text: string): string | null {
  const match = postcode.exec(text.replace(anySpace, "").toUpperCase());
  return match ? `${match[1]} ${match[2]}` : null;
}
