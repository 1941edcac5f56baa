# The site's own words.

home-title = Now showing
search = Search
search-title = Film title
filter = Filter
any-city = All cities
any-cinema = All cinemas
any-language = Any language
any-format = Any format
city = City
cinema = Cinema
language = Language
format = Format
day-choice = Day
today = Today
apply = Show
nothing-found = Nothing matches. Try another day, or fewer filters.
show-day = Show { $day }
clear-filters = Without filters
from-price = from { $price }
more-times = { $count ->
    [one] one more time
   *[other] { $count } more times
}
all-times = All times
choose-seats = Choose seats
times-at = Times

film-director = Director
film-distributor = Distributor
film-released = Released
film-length = Length
film-genres = Genres
film-rating = Rating
film-not-shown = This film is not on at the moment.
subtitles = { $language } subtitles
ends-at = ends { $time }
hall = Hall { $name }

nav-main = Main
nav-skip = Skip to content
nav-films = Films
nav-orders = My orders
nav-login = Sign in
nav-logout = Sign out
nav-account = Account
nav-counter = Box office
nav-door = Door
nav-manage = Manage
nav-language = Language
nav-theme = Appearance
theme-auto = As the device
theme-light = Light
theme-dark = Dark
footer-api = For developers
footer-about = Cinema tickets, sold once.

login-title = Sign in
login-holds = As soon as you have signed in, { $seats } will be held for you.
login-name = E-mail, phone or user name
login-password = Password
login-submit = Sign in
login-none-yet = No account yet?
login-register = Open one
register-title = Open an account
register-holds = As soon as your account is open, { $seats } will be held for you.
register-login = E-mail, phone (+44…) or user name
register-name = Your name (optional)
register-password = Password
register-password-rule = At least 8 characters; a few words are best.
register-submit = Open account
register-have-one = Have an account?
register-login-instead = Sign in

problem-title = That did not work
problem-title-not-found = Not found
problem-title-busy = Please wait a little
problem-back = To the films
problem-trace = If you write to us, name this number: { $trace }

day = { $weekday } { $day } { $month }
duration = { $hours } h { $minutes } min
duration-hours = { $hours } h
duration-minutes = { $minutes } min
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

spoken-en = English
spoken-zh = Mandarin
spoken-yue = Cantonese
spoken-ja = Japanese
spoken-ko = Korean
spoken-fr = French
spoken-de = German
spoken-es = Spanish
spoken-it = Italian
spoken-ru = Russian
spoken-hi = Hindi
cancel-reason = What the cinema says of it:
