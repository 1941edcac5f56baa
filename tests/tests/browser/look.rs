//! How a visitor looks at the site.

/// The language of a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Chinese,
}

/// What a visitor holds in their hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    Phone,
    Desktop,
}

/// How a visitor looks at the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub language: Language,
    pub device: Device,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// What is said in it.
    pub fn of<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// What the browser asks for.
    pub fn accepted(self) -> &'static str {
        self.of("en-GB,en", "zh-CN,zh")
    }

    /// What a page in it says it is in.
    pub fn tag(self) -> &'static str {
        self.of("en", "zh-CN")
    }

    /// Short, for names of files.
    pub fn short(self) -> &'static str {
        self.of("en", "zh")
    }
}

impl Device {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Phone, Self::Desktop];

    /// Width and height of the page, CSS pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (360, 740),
            Self::Desktop => (1280, 900),
        }
    }

    /// Short, for names of files.
    pub fn short(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Desktop => "desktop",
        }
    }
}

impl Look {
    /// On a desktop.
    pub fn desktop(language: Language) -> Self {
        Self { language, device: Device::Desktop }
    }

    /// On a phone.
    pub fn phone(language: Language) -> Self {
        Self { language, device: Device::Phone }
    }
}
