//! What a camera of a test sees: a film of tickets that are held before it (YUV4MPEG2, grey).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use qrcode::{Color, EcLevel, QrCode};

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;
const FRAMES_A_SECOND: usize = 4;
/// White around the squares, in squares.
const QUIET: f64 = 4.0;
/// Width of the ticket with the white around it, pixels: two thirds of the picture's height.
const SIDE: f64 = 480.0;
/// How far the ticket is turned, radians: nobody holds one straight.
const TURN: f64 = 0.12;
/// How bright a room, paper and ink are.
const ROOM: u8 = 120;
const PAPER: u8 = 225;
const INK: u8 = 40;

/// Writes a film that is shown over and over: for some seconds a ticket with this code, then for some
/// none.
pub fn write(file: &Path, code: &str, shown: usize, away: usize) {
    let mut out = BufWriter::new(File::create(file).unwrap());
    writeln!(out, "YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_A_SECOND}:1 Ip A1:1 C420").unwrap();
    let (ticket, room) = (picture(code), vec![ROOM; WIDTH * HEIGHT]);
    let colours = vec![128; WIDTH * HEIGHT / 2];
    for (picture, seconds) in [(&ticket, shown), (&room, away)] {
        for _ in 0..seconds * FRAMES_A_SECOND {
            out.write_all(b"FRAME\n").unwrap();
            out.write_all(picture).unwrap();
            out.write_all(&colours).unwrap();
        }
    }
    out.flush().unwrap();
}

/// A ticket before the camera, drawn with what tickets are drawn with.
// What becomes an index is within the squares.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn picture(code: &str) -> Vec<u8> {
    let squares = QrCode::with_error_correction_level(code, EcLevel::M).unwrap();
    let (count, colors) = (squares.width(), squares.to_colors());
    let side = count as f64 + 2.0 * QUIET;
    let (sine, cosine) = TURN.sin_cos();
    let pixel = |at: usize| {
        let x = (at % WIDTH) as f64 - WIDTH as f64 / 2.0;
        let y = (at / WIDTH) as f64 - HEIGHT as f64 / 2.0;
        let on = |along: f64| along * side / SIDE + side / 2.0;
        let (column, row) = (on(x * cosine + y * sine), on(y * cosine - x * sine));
        let paper = 0.0..side;
        if !paper.contains(&column) || !paper.contains(&row) {
            return ROOM;
        }
        let inner = |along: f64| ((along - QUIET) as usize).min(count);
        let is_inside = [column, row].iter().all(|along| (QUIET..side - QUIET).contains(along));
        let is_dark = is_inside && colors[inner(row) * count + inner(column)] == Color::Dark;
        if is_dark { INK } else { PAPER }
    };
    (0..WIDTH * HEIGHT).map(pixel).collect()
}
