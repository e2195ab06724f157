import type { Point } from "../broadcast.ts";
import type { Box } from "./clip.ts";
import { round } from "./path.ts";
import { type MapView, side } from "./view.ts";

/** A name on the map, beside its place. In the picture's units. */
export interface TownLabel {
  name: string;
  x: number;
  y: number;
  /** Which side of its place it stands on. */
  side: "right" | "left";
}

/** By how wide a picture may be, in kilometres, and still name them; the weightier first. */
const towns: readonly (readonly [widestKm: number, names: string])[] = [
  [
    4000,
    `London 51.51 -0.12; Edinburgh 55.95 -3.19; Cardiff 51.48 -3.18; Belfast 54.6 -5.93; Dublin 53.35 -6.26
    Birmingham 52.48 -1.9; Manchester 53.48 -2.24; Glasgow 55.86 -4.26; Newcastle 54.97 -1.61; Plymouth 50.38 -4.14
    Aberdeen 57.15 -2.11; Inverness 57.48 -4.22; Norwich 52.63 1.3; Lerwick 60.15 -1.15; Cork 51.9 -8.47`,
  ],
  [
    500,
    `Leeds 53.8 -1.55; Liverpool 53.41 -2.98; Bristol 51.45 -2.59; Sheffield 53.38 -1.47; Nottingham 52.95 -1.15
    Southampton 50.9 -1.4; Leicester 52.64 -1.13; Hull 53.74 -0.33; Exeter 50.72 -3.53; Swansea 51.62 -3.94
    Dundee 56.46 -2.97; Derry 55 -7.32; Carlisle 54.89 -2.94; Brighton 50.82 -0.14; Cambridge 52.2 0.12
    Oxford 51.75 -1.26; York 53.96 -1.08; Lincoln 53.23 -0.54; Aberystwyth 52.41 -4.08; Bangor 53.23 -4.13
    Galway 53.27 -9.05; Limerick 52.66 -8.63; Waterford 52.26 -7.11; Sligo 54.27 -8.48; Dover 51.13 1.31
    Truro 50.26 -5.05; Stornoway 58.21 -6.39; Kirkwall 58.98 -2.96; Douglas 54.15 -4.48; Perth 56.4 -3.43
    Stoke-on-Trent 53 -2.18; Peterborough 52.57 -0.24; Ipswich 52.06 1.16; Wrexham 53.05 -2.99
    Fort William 56.82 -5.11; Oban 56.41 -5.47; Dumfries 55.07 -3.61; Omagh 54.6 -7.3; St Helier 49.19 -2.11`,
  ],
  [
    180,
    `Coventry 52.41 -1.51; Bradford 53.8 -1.75; Derby 52.92 -1.48; Portsmouth 50.8 -1.09; Reading 51.45 -0.97
    Luton 51.88 -0.42; Milton Keynes 52.04 -0.76; Northampton 52.24 -0.9; Swindon 51.56 -1.78; Gloucester 51.87 -2.24
    Worcester 52.19 -2.22; Hereford 52.06 -2.72; Shrewsbury 52.71 -2.75; Chester 53.19 -2.89; Preston 53.76 -2.7
    Lancaster 54.05 -2.8; Blackpool 53.82 -3.05; Kendal 54.33 -2.75; Keswick 54.6 -3.13; Penrith 54.66 -2.75
    Barrow-in-Furness 54.11 -3.23; Workington 54.64 -3.55; Whitehaven 54.55 -3.59; Durham 54.78 -1.57
    Sunderland 54.91 -1.38; Middlesbrough 54.57 -1.23; Darlington 54.52 -1.55; Scarborough 54.28 -0.4
    Harrogate 53.99 -1.54; Doncaster 53.52 -1.13; Grimsby 53.57 -0.08; Skegness 53.14 0.34; Boston 52.98 -0.03
    King's Lynn 52.75 0.4; Great Yarmouth 52.61 1.73; Colchester 51.89 0.9; Chelmsford 51.74 0.47
    Southend-on-Sea 51.54 0.71; Canterbury 51.28 1.08; Maidstone 51.27 0.52; Hastings 50.85 0.57; Crawley 51.11 -0.19
    Guildford 51.24 -0.57; Winchester 51.06 -1.31; Bournemouth 50.72 -1.88; Salisbury 51.07 -1.8; Bath 51.38 -2.36
    Taunton 51.02 -3.1; Barnstaple 51.08 -4.06; Torquay 50.46 -3.53; Penzance 50.12 -5.54; Newport 51.58 -3
    Merthyr Tydfil 51.75 -3.38; Brecon 51.95 -3.39; Carmarthen 51.86 -4.31; Haverfordwest 51.8 -4.97
    Newtown 52.51 -3.31; Rhyl 53.32 -3.49; Holyhead 53.31 -4.63; Stirling 56.12 -3.94; Ayr 55.46 -4.63
    Kilmarnock 55.61 -4.5; Falkirk 56 -3.78; Galashiels 55.62 -2.81; Berwick-upon-Tweed 55.77 -2; Stranraer 54.9 -5.03
    St Andrews 56.34 -2.8; Aviemore 57.19 -3.83; Elgin 57.65 -3.32; Wick 58.44 -3.09; Ullapool 57.9 -5.16
    Portree 57.41 -6.19; Newry 54.18 -6.34; Armagh 54.35 -6.65; Enniskillen 54.34 -7.63; Coleraine 55.13 -6.67
    Ballymena 54.86 -6.28; Lisburn 54.51 -6.04; Dundalk 54 -6.41; Stafford 52.81 -2.12; Wolverhampton 52.59 -2.13
    Huddersfield 53.65 -1.78; Bolton 53.58 -2.43; Burnley 53.79 -2.24; Warrington 53.39 -2.6; Mansfield 53.14 -1.2
    Bedford 52.14 -0.47; Stevenage 51.9 -0.2; Basingstoke 51.27 -1.09; Cheltenham 51.9 -2.07; Yeovil 50.94 -2.63`,
  ],
  [
    70,
    `Croydon 51.37 -0.1; Hackney 51.55 -0.06; Ealing 51.51 -0.3; Barnet 51.65 -0.2; Bromley 51.4 0.02
    Romford 51.58 0.18; Kingston 51.41 -0.3; Harrow 51.58 -0.34; Greenwich 51.48 0; Enfield 51.65 -0.08
    Brixton 51.46 -0.11; Camden 51.54 -0.14; Stratford 51.54 0; Hounslow 51.47 -0.36; Sutton 51.36 -0.19
    Ilford 51.56 0.07; Uxbridge 51.55 -0.48; Hammersmith 51.49 -0.23; Woolwich 51.49 0.07; Watford 51.66 -0.4
    Dartford 51.45 0.22; Tottenham 51.59 -0.07; Walthamstow 51.58 -0.02; Islington 51.54 -0.1; Lewisham 51.46 -0.01
    Solihull 52.41 -1.78; Dudley 52.51 -2.09; Walsall 52.58 -1.98; Stockport 53.41 -2.16; Oldham 53.54 -2.11
    Rotherham 53.43 -1.36; Wakefield 53.68 -1.5; Birkenhead 53.39 -3.02; St Helens 53.45 -2.74; Gateshead 54.95 -1.6
    Paisley 55.84 -4.42; Hamilton 55.78 -4.05; Livingston 55.9 -3.52; Dunfermline 56.07 -3.46; Barry 51.4 -3.28`,
  ],
];

/** Most of a picture's name is as wide, at the size that the style gives it. */
const unitsPerLetter = 5.6;
const lineHeight = 12;
const gap = 5;

/** What is named in a picture: weightier towns first, as long as no name lies on another or on what is taken. */
export function townLabels(view: MapView, taken: readonly Box[]): TownLabel[] {
  const km = view.kmPerUnit * side;
  const labels: TownLabel[] = [];
  for (const [widestKm, names] of towns) {
    if (km > widestKm) continue;
    for (const { name, point } of read(names)) {
      const place = view.placeOf(point);
      if (Math.min(place.x, place.y, side - place.x, side - place.y) < lineHeight) continue;
      const width = name.length * unitsPerLetter + gap;
      const label: TownLabel = {
        name,
        x: round(place.x),
        y: round(place.y),
        side: place.x + width > side ? "left" : "right",
      };
      const box = boxOf(label);
      if (![...taken, ...labels.map(boxOf)].some((other) => overlap(box, other))) labels.push(label);
    }
  }
  return labels;
}

function read(names: string): { name: string; point: Point }[] {
  return names.split(/;|\n/).map((each) => {
    const words = each.trim().split(" ");
    const [latitude = 0, longitude = 0] = words.splice(-2).map(Number);
    return { name: words.join(" "), point: [latitude, longitude] };
  });
}

/** With its dot. */
function boxOf({ name, x, y, side }: TownLabel): Box {
  const width = name.length * unitsPerLetter + gap;
  const [left, right] = side === "right" ? [x - gap, x + width] : [x - width, x + gap];
  return { left, right, low: y - lineHeight / 2, high: y + lineHeight / 2 };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.low < b.high && b.low < a.high;
}
