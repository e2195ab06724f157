/**
 * An address as an email's `href` holds it: `http://` put before what names no scheme, and everything but
 * plain URL characters percent-encoded (`%` is kept, so what was encoded stays so).
 */
export function emailLink(url: string): string {
  const address = /^(?:ftp|file|https?|mailto|tel):/i.test(url) ? url : `http://${url}`;
  return /^[A-Za-z0-9_.~:/?#=&;%-]*$/.test(address) ? address : encode(address);
}

function encode(address: string): string {
  return address.toWellFormed().replace(/[^A-Za-z0-9_.~:/?#=&;%-]+/g, (text) =>
    // These five are the only others that encodeURIComponent keeps.
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  );
}
