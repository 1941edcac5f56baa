-- Takes a lock that nobody has.
-- KEYS: the lock, the last number given. ARGV: owner, life in ms, how long numbers are remembered in ms.
-- Answers the holder's number, 0 where another holds the lock.
-- The number is never lower than the time in microseconds, so that it rises even after all was forgotten.
-- What is no lock of ours, of another type or without an end, would keep everybody out for ever: it is replaced.
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  if redis.call('TYPE', KEYS[1]).ok == 'string' and redis.call('PTTL', KEYS[1]) >= 0 then
    return 0
  end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local last = redis.call('TYPE', KEYS[2]).ok == 'string' and tonumber(redis.call('GET', KEYS[2])) or 0
local number = math.max(now, last + 1)
redis.call('SET', KEYS[2], string.format('%.0f', number), 'PX', ARGV[3])
return number
