import type { Db } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import { type NewReceivedText, receivedTextOf, storeReceivedTexts } from "../../shared/inbound/queries.ts";

/** Stores one that was received, without a provider, and tells nobody. False where one of that id is stored already. */
export async function storeReceivedText(
  db: Db,
  cipher: Cipher,
  text: Omit<NewReceivedText, "callback">,
): Promise<boolean> {
  const content = await cipher.encrypt(text.content, receivedTextOf(text.id));
  const [isNew = false] = await storeReceivedTexts(db, [{ ...text, content, callback: null }]);
  return isNew;
}
