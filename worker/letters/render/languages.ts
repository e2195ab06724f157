import { londonDate } from "../../../shared/time/london.ts";
import { englishMonths } from "../../../shared/time/months.ts";

export type Language = "english" | "welsh";

const months: Readonly<Record<Language, readonly string[]>> = {
  english: englishMonths,
  welsh: [
    "Ionawr",
    "Chwefror",
    "Mawrth",
    "Ebrill",
    "Mai",
    "Mehefin",
    "Gorffennaf",
    "Awst",
    "Medi",
    "Hydref",
    "Tachwedd",
    "Rhagfyr",
  ],
};

/** London's date at an instant: `6 January 2026`. */
export function dateWords(at: Date, language: Language): string {
  const [year, month, day] = londonDate(at).split("-").map(Number);
  return `${day} ${months[language][(month ?? 1) - 1]} ${year}`;
}

export function pageWords(page: number, pages: number, language: Language): string {
  return language === "welsh" ? `Tudalen ${page} o ${pages}` : `Page ${page} of ${pages}`;
}
