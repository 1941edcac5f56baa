# Importing films from a file.

import-title = Import films
import-about = From a file with a list of films in JSON. What is untidy in it is mended by stated rules and named afterwards. A film that the catalogue has already, with the same title and release date, stays as it is, so a file can be imported again.
import-file = File with films, JSON (at most 4 MB and { $records } records)
import-latest-year = Latest year in the file, if you know it
import-latest-year-about = Later years are then taken to be a century too late: with 2011, 2046 is read as 1946. Left empty, it is ten years from now.
import-example = What such a file looks like
import-do = Import
import-running = { $records ->
    [one] One record is being imported.
   *[other] { $records } records are being imported.
} Keep this page open: leaving it stops the import. What is done until then stays.
import-step = { $done } of { $records } records
import-done-title = The import is done
import-stopped-title = The import stopped
import-stopped = It stopped after { $done } of { $records } records. What was taken stays: import the file again to go on.
import-signed-out = You are no longer signed in: sign in first.
import-nothing = No record of the file is a film. Is it the right file?
import-records = Records in the file
import-taken = New films
import-there = Already there
import-refused = Refused
import-refusals = Refused because
import-mends = Mended in the new films
import-unknown-keys = Names that mean nothing here, and were not read
import-count = How often
import-what = What
import-examples = For example
import-another = Import another file
import-to-films = To the films

import-TITLE_A_NUMBER = a number was taken as the title
import-TITLE_SPACES = spaces and control characters joined
import-TITLE_ENCODING = letters put right that had been read in the wrong encoding
import-TITLE_ARTICLE = article put first
import-NOT_TEXT = not text, so left out
import-TEXT_CUT = spaces joined, cut to its longest
import-MINUTES_TEXT = running time written as text
import-MINUTES_ASSUMED = no running time, so 120 minutes are assumed
import-RATING_OPEN = “Open” is no rating
import-DATE_UNREADABLE = not a date, so left out
import-DATE_NO_DAY = no day of the calendar, so left out
import-YEAR_TWO_DIGITS = year of two digits
import-YEAR_TOO_LATE = year after the latest of the file, so a century too late
import-NO_TITLE = it has no title
import-TITLE_NOT_TEXT = its title is neither text nor number
import-TITLE_EMPTY = its title is empty
import-TITLE_TOO_LONG = its title has more than 200 characters
import-OTHER = other reasons

problem-FILE_MISSING = Choose a file first. It must not be empty.
problem-FILE_NOT_JSON = The file is not JSON. { $place } is where it cannot be read on. Nothing was imported.
problem-FILE_CUT_OFF = The file ends in the middle: it is cut off, or not JSON. Nothing was imported.
problem-FILE_NOT_A_LIST = The file is JSON, but no list of films: it must begin with [. Nothing was imported.
problem-FILE_WITHOUT_RECORDS = The list in the file is empty.
problem-FILE_TOO_MANY_RECORDS = The file has more than { $limit } records. Divide it, or have it imported at the command line.
problem-YEAR_INVALID = Give the latest year as a number, such as 2011, or leave it empty.
problem-GOING_DOWN = The site is being restarted.
