//! Where a descriptor stands in its proto file.

use prost_reflect::{
    EnumDescriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};

/// A descriptor that has a place in a file, and so may have a comment.
pub trait Placed {
    /// The file.
    fn file(&self) -> FileDescriptor;
    /// The place in the file, as `SourceCodeInfo` counts.
    fn place(&self) -> &[i32];
}

macro_rules! placed {
    ($($descriptor:ty),*) => {
        $(impl Placed for $descriptor {
            fn file(&self) -> FileDescriptor {
                self.parent_file()
            }

            fn place(&self) -> &[i32] {
                self.path()
            }
        })*
    };
}

placed!(
    EnumDescriptor,
    EnumValueDescriptor,
    FieldDescriptor,
    MessageDescriptor,
    MethodDescriptor,
    ServiceDescriptor
);
