//! The fonts of printed tickets, none of them embedded.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::writers::FontDescriptor;
use pdf_writer::{Dict, Name, Pdf, Rect, Ref, Str};

/// A font a character can be set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Font {
    /// One of those that every viewer has.
    Latin,
    /// The same, every character as wide as the next: for what is typed off.
    Fixed,
    /// Chinese, and Japanese, Greek and Cyrillic with it (Adobe-GB1).
    Chinese,
    /// Korean (Adobe-Korea1).
    Korean,
}

/// A collection of characters that PDF defines, and what its fonts are called.
struct Collection {
    font: Font,
    base: &'static [u8],
    encoding: &'static [u8],
    ordering: &'static [u8],
    supplement: i32,
}

const COLLECTIONS: [Collection; 2] = [
    Collection {
        font: Font::Chinese,
        base: b"STSong-Light",
        encoding: b"UniGB-UTF16-H",
        ordering: b"GB1",
        supplement: 5,
    },
    Collection {
        font: Font::Korean,
        base: b"HYSMyeongJo-Medium",
        encoding: b"UniKS-UTF16-H",
        ordering: b"Korea1",
        supplement: 2,
    },
];

impl Font {
    /// The font of a character; nothing where none has it.
    pub fn of(character: char) -> Option<Self> {
        match u32::from(character) {
            _ if windows_1252(character).is_some() => Some(Self::Latin),
            0x1100..=0x11ff | 0x3130..=0x318f | 0xac00..=0xd7a3 => Some(Self::Korean),
            // Greek, Cyrillic, punctuation and symbols, kana, ideographs, full width.
            0x0370..=0x0451
            | 0x2010..=0x27bf
            | 0x3000..=0x312f
            | 0x3220..=0x9fff
            | 0xf900..=0xfaff
            | 0xff01..=0xffe6 => Some(Self::Chinese),
            _ => None,
        }
    }

    /// What a page calls it.
    pub fn name(self) -> Name<'static> {
        match self {
            Self::Latin => Name(b"L"),
            Self::Fixed => Name(b"F"),
            Self::Chinese => Name(b"C"),
            Self::Korean => Name(b"K"),
        }
    }

    /// A character as the font's encoding writes it: Windows-1252 or UTF-16.
    pub fn encode(self, character: char, out: &mut Vec<u8>) {
        match self {
            Self::Latin | Self::Fixed => out.push(windows_1252(character).unwrap_or(b'?')),
            Self::Chinese | Self::Korean => {
                let mut units = [0; 2];
                out.extend(character.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
            }
        }
    }
}

/// A character in Windows-1252: Latin-1, and a few between its two halves.
fn windows_1252(character: char) -> Option<u8> {
    match character {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(character)).ok(),
        '€' => Some(0x80),
        '…' => Some(0x85),
        '‘' => Some(0x91),
        '’' => Some(0x92),
        '“' => Some(0x93),
        '”' => Some(0x94),
        '–' => Some(0x96),
        '—' => Some(0x97),
        _ => None,
    }
}

/// The fonts in a document.
pub struct Fonts([(Font, Ref); 4]);

impl Fonts {
    /// Writes them.
    pub fn write(pdf: &mut Pdf, next: &mut Ref) -> Self {
        let (latin, fixed) = (next.bump(), next.bump());
        for (id, base) in [(latin, Name(b"Helvetica")), (fixed, Name(b"Courier"))] {
            pdf.type1_font(id).base_font(base).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        let [chinese, korean] =
            COLLECTIONS.map(|collection| (collection.font, write(pdf, next, &collection)));
        Self([(Font::Latin, latin), (Font::Fixed, fixed), chinese, korean])
    }

    /// Names them among the resources of a page.
    pub fn name(&self, fonts: &mut Dict<'_>) {
        for (font, id) in self.0 {
            fonts.pair(font.name(), id);
        }
    }
}

fn write(pdf: &mut Pdf, next: &mut Ref, collection: &Collection) -> Ref {
    let (id, descendant, descriptor, unicode) = (next.bump(), next.bump(), next.bump(), next.bump());
    let base = Name(collection.base);
    pdf.type0_font(id)
        .base_font(base)
        .encoding_predefined(Name(collection.encoding))
        .descendant_font(descendant)
        .to_unicode(unicode);
    let system = SystemInfo {
        registry: Str(b"Adobe"),
        ordering: Str(collection.ordering),
        supplement: collection.supplement,
    };
    let mut font = pdf.cid_font(descendant);
    font.subtype(CidFontType::Type0).base_font(base).system_info(system).font_descriptor(descriptor);
    drop(font);
    describe(pdf.font_descriptor(descriptor), base);
    pdf.stream(unicode, &as_unicode());
    id
}

/// What a viewer that has another font of these characters may want to know.
fn describe(mut descriptor: FontDescriptor<'_>, base: Name<'_>) {
    descriptor
        .name(base)
        .flags(FontFlags::SERIF | FontFlags::SYMBOLIC)
        .bbox(Rect::new(-25.0, -254.0, 1000.0, 880.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(737.0)
        .stem_v(58.0);
}

/// Says that the codes are UTF-16 already, for viewers that cannot tell from the encoding: so
/// text can be found and copied.
fn as_unicode() -> Vec<u8> {
    /// Ranges that may stand in one list.
    const PART: usize = 100;
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n\
         /CMapName /Marquee-UTF16 def /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
         1 begincodespacerange <0000> <FFFF> endcodespacerange\n",
    );
    // A range keeps its first byte; surrogates are no characters alone.
    let bytes: Vec<u16> = (0..=0xff).filter(|byte| !(0xd8..=0xdf).contains(byte)).collect();
    for part in bytes.chunks(PART) {
        map.push_str(&format!("{} beginbfrange\n", part.len()));
        for byte in part {
            map.push_str(&format!("<{byte:02X}00> <{byte:02X}FF> <{byte:02X}00>\n"));
        }
        map.push_str("endbfrange\n");
    }
    map.push_str("endcmap CMapName currentdict /CMap defineresource pop end end\n");
    map.into_bytes()
}
