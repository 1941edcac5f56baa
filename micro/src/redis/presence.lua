-- Says that a process is there, and notices who has gone without a word.
-- KEYS: who is there, number of those lost. ARGV: who, how long one may be silent in ms, how long this is kept in ms.
-- Answers {number of those lost until now, those found lost just now}.
-- What somebody else wrote there goes.
if redis.call('TYPE', KEYS[1]).ok ~= 'zset' then
  redis.call('DEL', KEYS[1])
end
if redis.call('TYPE', KEYS[2]).ok ~= 'string' or not tonumber(redis.call('GET', KEYS[2])) then
  redis.call('DEL', KEYS[2])
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local silent = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
for at = 1, #silent do
  redis.call('ZREM', KEYS[1], silent[at])
  redis.call('INCR', KEYS[2])
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return {tonumber(redis.call('GET', KEYS[2]) or '0'), #silent}
