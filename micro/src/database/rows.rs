//! Rows as structures.

/// A structure that is a row: each field is the column of its name.
///
/// What sqlx has for this is a derive that builds sqlx, with all its databases, a second time for
/// the compiler.
#[macro_export]
macro_rules! row {
    ($(#[$about:meta])* $seen:vis struct $name:ident {
        $($(#[$told:meta])* $shown:vis $field:ident: $kind:ty,)+
    }) => {
        $(#[$about])*
        $seen struct $name {
            $($(#[$told])* $shown $field: $kind,)+
        }

        impl<'r> ::sqlx::FromRow<'r, ::sqlx::any::AnyRow> for $name {
            fn from_row(row: &'r ::sqlx::any::AnyRow) -> Result<Self, ::sqlx::Error> {
                Ok(Self { $($field: ::sqlx::Row::try_get(row, stringify!($field))?,)+ })
            }
        }
    };
}
