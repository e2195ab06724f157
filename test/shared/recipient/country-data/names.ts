/* What Notify adds to the graph (`spec/recipients.md` 3.4). Of two entries the later wins. */

/** Each leads to the United Kingdom, as do its other names in the graph. */
export const crownIslands = [
  "Alderney",
  "Brecqhou",
  "Guernsey",
  "Herm",
  "Isle of Man",
  "Jersey",
  "Jethou",
  "Sark",
];

/** The graph's countries that are no more, and whose letters go where; null for nowhere. */
export const formerCountries = new Map([
  ["USSR", null],
  ["Yugoslavia", null],
  ["East Germany", "Germany"],
  ["Czechoslovakia", "Czechia"],
]);

/** Parts of countries with a postage zone of their own. */
export const europeanIslands = ["Azores", "Balearic Islands", "Canary Islands", "Corsica", "Madeira"];

/** `name: synonym; synonym`. */
export const synonyms = `
United Kingdom: England; Northern Ireland; Scotland; Wales; Cymru; N Ireland; North Ireland; NI; GBR; Channel Islands
Ireland: ROI; Irish Republic; Rep of Ireland; South Ireland; Southern Ireland
United States: United States America; United States of Amercia; United States Amercia; the united states of amercia; America; Amercia; Hawaii
Canary Islands: Islas Canarias; Canaries; El Hierro; La Palma; La Gomera; Tenerife; Gran Canaria; Fuerteventura; Lanzarote; La Graciosa
Azores: Autonomous Region of Azores; Autonomous Region of the Azores
Madeira: Autonomous Region of Madeira; Autonomous Region of the Madeira; Região Autónoma da Madeira
Balearic Islands: Islas Baleares; Illes Balears
Corsica: Corse
Germany: East Germany; West Germany
Austria: Republik Österreich
Czechia: Czechoslovakia
Kazakhstan: Khazakhstan
North Macedonia: Macedonia
San Marino: San Marino, Republic of
Vatican City: Vatican
Myanmar (Burma): Burma; Myanmar
Falkland Islands: Falkland; The Falklands; The Falkland Islands
South Korea: Korea; Korea, Republic of
Macao: Macau
New Zealand: New Zeeland
Pitcairn, Henderson, Ducie and Oeno Islands: Pitcairn Island; Henderson Island; Ducie Island; Oeno Island
Taiwan: Republic of China
Mauritania: République Islamique de Mauritanie
Saint Helena: Saint Helena; St Helena
Eswatini: Swaziland
South Georgia and the South Sandwich Islands: the sandwich islands; the south sandwich islands; South Georgia
Tristan da Cunha: Tristan
St Kitts and Nevis: Saint Kitts; Saint Kitts and Nevis; St Kitts
British Virgin Islands: Virgin Islands, British
Congo: Congo, Democratic Republic of
Curaçao: Curacao (former Netherlands Antilles)
Djibouti: Djibouti, Republic of
Rwanda: Rwanda, Republic of
Dominica: Dominica, Commonwealth of
Micronesia: Micronesia, Federated States of
Occupied Palestinian Territories: Palestine; Palestinian Territory; State of Palestine; Palestine, State of
Dubai: Dubai UAE
Easter Island: Easter Island
`;

/** `name: Welsh name; Welsh name`. */
export const welshNames = `
Afghanistan: Affganistan
Antigua and Barbuda: Antigwa a Barbiwda
Argentina: Yr Ariannin
Australia: Awstralia
Austria: Awstria
Azerbaijan: Aserbaijan
The Bahamas: Y Bahamas
Belarus: Belarws
Belgium: Gwlad Belg
Bhutan: Bhwtan
Bolivia: Bolifia
Bosnia and Herzegovina: Bosnia a Hercegovina
Brazil: Brasil
Bulgaria: Bwlgaria
Burundi: Bwrwndi
Cameroon: Camerŵn
Cape Verde: Cabo Verde
Central African Republic: Gweriniaeth Canolbarth Affrica
Chad: Tchad
China: Tsieina
Comoros: Y Comoros
Cuba: Ciwba
Czechia: Y Weriniaeth Tsiec
Congo (Democratic Republic): Gweriniaeth Ddemocrataidd Congo
Denmark: Denmarc
Dominican Republic: Gweriniaeth Dominica
East Timor: Dwyrain Timor
Ecuador: Ecwador
Egypt: Yr Aifft
Equatorial Guinea: Gini Gyhydeddol
Fiji: Ffiji
Finland: Y Ffindir
France: Ffrainc
The Gambia: Y Gambia
United Kingdom: Yr Alban; Y Deyrnas Unedig
Germany: Yr Almaen
Greece: Gwlad Groeg
Guinea: Gini
Guinea-Bissau: Guiné-Bissau
Guyana: Gaiana
Honduras: Hondwras
Hungary: Hwngari
Iceland: Gwlad yr Iâ
Iraq: Irac
Ireland: Iwerddon
Italy: Yr Eidal
Jordan: Iorddonen
Kazakhstan: Kazakstan
Latvia: Latfia
Lebanon: Libanus
Libya: Libia
Lithuania: Lithwania
Luxembourg: Lwcsembwrg
Madagascar: Madagasgar
Marshall Islands: Ynysoedd Marshall
Mexico: Mecsico
Moldova: Moldofa
Morocco: Moroco
Mozambique: Mosambic
Netherlands: Yr Iseldiroedd
New Zealand: Seland Newydd
Nicaragua: Nicaragwa
North Korea: Gogledd Corea
Norway: Norwy
Papua New Guinea: Papua Guinea Newydd
Paraguay: Paragwâi
Peru: Periw
Philippines: Pilipinas
Poland: Gwlad Pwyl
Portugal: Portiwgal
Congo: Gweriniaeth y Congo
North Macedonia: Gweriniaeth Macedonia; Gogledd Macedonia
Romania: Rwmania
Russia: Rwsia
St Kitts and Nevis: Saint Kitts a Nevis; St Kitts a Nevis
St Vincent: Saint Vincent a’r Grenadines
Sao Tome and Principe: São Tomé a Príncipe
Senegal: Sénégal
Slovakia: Slofacia
Slovenia: Slofenia
Solomon Islands: Ynysoedd Solomon
South Africa: De Affrica
South Korea: De Corea
South Sudan: De Sudan
Spain: Sbaen
Suriname: Swrinam
Eswatini: Gwlad Swazi
Switzerland: Y Swistir
Thailand: Gwlad Thai
Trinidad and Tobago: Trinidad a Thobago
Turkey: Twrci
Tuvalu: Twfalw
Ukraine: Wcráin
United Arab Emirates: Yr Emiradau Arabaidd Unedig
United States: Unol Daleithiau America
Uruguay: Wrwgwái
Venezuela: Feneswela
Vietnam: Fietnam
`;
