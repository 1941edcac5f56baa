-- Lets go of seats that were kept for a purchase which came to nothing.
-- KEYS: gate. ARGV: token of the purchase, seats...
for at = 2, #ARGV do
  local field = 'w:' .. ARGV[at]
  local want = redis.call('HGET', KEYS[1], field)
  if want and string.match(want, '^%d+ (.*)$') == ARGV[1] then
    redis.call('HDEL', KEYS[1], field)
  end
end
return 1
