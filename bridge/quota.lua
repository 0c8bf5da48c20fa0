-- Grants one request of an account's budget, or says in how many microseconds to ask again, and why not now.
-- KEYS: next (hash: window -> when its next request is due), slots (zset: requests in flight -> expiry),
--       paused (until when), grants (zset: grant -> when, for the count of what is used)
-- ARGV: grant, slots open to the lane, life of a slot, longest window, then of each window: spacing, burst of the lane,
--       burst of the budget. All times are microseconds of this server's clock; texts, since 1e15 does not print whole.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local function text(number) return string.format('%.0f', number) end

local paused = tonumber(redis.call('GET', KEYS[3]) or '0')
if paused > now then return {0, paused - now, 'paused'} end

local wait, slowest = 0, 0
local due = {}
for window = 1, (#ARGV - 4) / 3 do
  local spacing = tonumber(ARGV[2 + 3 * window])
  local burst = tonumber(ARGV[3 + 3 * window])
  local most = tonumber(ARGV[4 + 3 * window])
  local next = tonumber(redis.call('HGET', KEYS[1], window) or '0')
  -- Never further ahead than the budget can borrow, unless the clock was set back.
  next = math.max(math.min(next, now + most * spacing), now)
  wait = math.max(wait, next - (burst - 1) * spacing - now)
  slowest = math.max(slowest, spacing)
  due[window] = next + spacing
end
if wait > 0 then return {0, wait, 'rate'} end

redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now))
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[2]) then return {0, slowest, 'slots'} end

local life = tonumber(ARGV[3])
local longest = tonumber(ARGV[4])
for window, at in ipairs(due) do redis.call('HSET', KEYS[1], window, text(at)) end
redis.call('ZADD', KEYS[2], text(now + life), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', text(now - longest))
redis.call('ZADD', KEYS[4], text(now), ARGV[1])
redis.call('PEXPIRE', KEYS[1], text(math.ceil(longest / 1000)))
redis.call('PEXPIRE', KEYS[2], text(math.ceil(life / 1000)))
redis.call('PEXPIRE', KEYS[4], text(math.ceil(longest / 1000)))
return {1, 0, 'granted'}
