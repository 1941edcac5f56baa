//! Load generator: ratios against ceilings measured in the same run.
