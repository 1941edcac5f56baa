# 销售报表。

sales-title = 销售
sales-range = 时间范围
sales-range-today = 今日
sales-range-week = 近 7 天
sales-range-30-days = 近 30 天
sales-range-month = 本月
sales-range-about = 最多 400 天。日期按各影院当地时间计算。
sales-basis = 统计口径
sales-basis-sale = 按售票日期
sales-basis-start = 按放映日期
sales-groups = 视图
sales-by-overview = 总览
sales-by-hour = 按小时
sales-by-day = 按日期
sales-by-film = 按影片
sales-by-cinema = 按影院
sales-by-screening = 按场次
sales-by-occupancy = 上座率
sales-figures = 汇总
sales-revenue = 票房收入
sales-seats = 售出座位
sales-orders = 订单数
sales-refunds = 退款
sales-fees = 退票手续费
sales-seats-back = 退票座位
sales-captured = 实收
sales-refunded = 已退
sales-currency = 货币
sales-city = 城市
sales-hour = 时段
sales-taken = 已占座位
sales-of-paid = 实收 { $amount }
sales-mean-seat = 平均每座 { $amount }
sales-mean-order = 平均每单 { $amount }
sales-of-sold = 售出 { $sold } 座，退票 { $back } 座
sales-seat-count = { $seats } 座
sales-fees-about = 退票时收取，已计入票房收入
sales-occupancy-of = { $screenings } 场，已占 { $taken } 座，共 { $seats } 座
sales-occupancy-too-many = 场次过多，无法统计。请缩短时间范围或选择一家影院。
sales-no-screenings = 所选日期没有场次。
sales-occupancy-of-day = 各场次上座率
sales-occupancy-first = 各场次上座率（共 { $all } 场，显示前 { $shown } 场）
sales-occupancy-of-days = 上座率（%）
sales-more = 比 { $before } 增加 { $part }%
sales-less = 比 { $before } 减少 { $part }%
sales-same = 与之前持平
sales-about-same = 与之前基本持平
sales-before = 之前：{ $before }
sales-compared = { $count ->
    [1] 与前一天（{ $first }）相比。
   *[other] 与之前 { $count } 天（{ $first }至{ $last }）相比。
}
sales-compared-until-now = { $count ->
    [1] 与前一天（{ $first }）截至同一时刻相比。
   *[other] 与之前 { $count } 天（{ $first }至{ $last }同一时刻）相比。
}
sales-summary = 票房收入 { $revenue }，售出座位 { $seats } 个，订单 { $orders } 笔。
sales-chart = { $what }（{ $by }）
sales-chart-in = { $what }（{ $currency }，{ $by }）
sales-chart-about = 最高：{ $name }，{ $most }。合计：{ $together }。
sales-week-from = { $day }起一周
sales-others = 其他 { $count } 项
sales-film-unknown = 未记录影片
sales-cinema-unknown = 未记录影院
sales-nothing = 没有销售记录。
sales-table = 数据表格
sales-rows-cut = 显示前 { $shown } 行，共 { $all } 行；完整数据请下载文件。
sales-file = 下载 CSV
sales-as-of = 截至 { $time }
sales-reload = 重新加载
sales-pause = 暂停更新
sales-resume = 继续更新
sales-lost = 连接中断，以下为最近一次的数据。

problem-REPORT_RANGE_INVALID = 请填写起止日期，例如 2026-11-24。结束日期不能早于开始日期，最多 { $limit } 天。
problem-REPORT_TOO_LARGE = 数据超过报表上限（{ $limit } 行）。请缩短时间范围或选择一家影院。
