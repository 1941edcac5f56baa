# 场次页：影厅与选座。

hall-other-times = 其他场次
hall-map = 选座
hall-map-of = { $hall } 座位图
hall-map-keys = 方向键移动座位，空格键选择，+ 和 − 缩放。
hall-screen = 银幕
hall-zoom-in = 放大
hall-zoom-out = 缩小
hall-zoom-all = 全厅
hall-row = { $row } 排
hall-zone = { $zone }
hall-zone-row = { $zone } { $row } 排
hall-row-nameless = 座位
hall-seat = { $row } { $number } 座
hall-seat-alone = { $row } { $number } 座
hall-list-separator = 、

hall-kind-standard = 普通座
hall-kind-wheelchair = 轮椅席
hall-kind-companion = 陪同座
hall-kind-couple = 情侣座
hall-kind-blocked = 非座位
hall-state-free = 可选
hall-state-held = 他人正在购买
hall-state-sold = 已售
hall-state-unavailable = 不出售
hall-state-chosen = 已选
hall-state-yours = 已为您保留
hall-key-free = 可选
hall-key-chosen = 您已选
hall-key-held = 他人正在购买
hall-key-yours = 已为您保留
hall-key-sold = 已售
hall-key-unavailable = 不出售

hall-prices = 票价
hall-ticket-adult = 成人
hall-ticket-child = 儿童
hall-ticket-student = 学生
hall-ticket-senior = 老人
hall-chosen = 您的座位
hall-none-chosen = 还没有选座。请在座位图或列表中选择。
hall-ticket-for = { $seats } 的票种
hall-remove = 取消 { $seats }
hall-added = 已选 { $seats }。
hall-removed = 已取消 { $seats }。
hall-total = 合计
hall-hold = 锁定座位
hall-hold-means = 座位会为您保留几分钟以便付款，现在不会扣款。
hall-too-many = 每单最多 { $count } 个座位。
hall-list = 从列表中选座
hall-list-means = 勾选座位后，可先确认再选票种，也可直接锁定。
hall-list-take = 确认所选座位

hall-best = 最佳连座
hall-best-count = 几个座位
hall-best-up-to = 每座不超过
hall-best-any = 价格不限
hall-best-find = 查找
hall-best-found = { $count ->
    [1] 最佳座位：{ $seats }。
   *[other] 最佳的 { $count } 个连座：{ $seats }。
}
hall-best-none = { $count ->
    [1] 这个价格已没有座位。
   *[other] 没有符合条件的 { $count } 个连座。请减少座位数或换个价格。
}

hall-just-taken = { $seats } 刚被他人选走，已从您的选择中移除。
hall-offer-instead = 改选 { $seats }
hall-yours-held = { $seats } 已为您保留。
hall-yours-pay = 前往支付此订单
hall-yours-paid = 您已购买 { $seats } 的电影票。
hall-yours-tickets = 查看电影票
hall-alone = 您的选择会让 { $seats } 落单，单独的空位很少有人买。
hall-alone-may = 您可以改选，也可以照样锁定。
hall-alone-must = 请改选其他座位。
hall-alone-instead = 改选 { $seats }
hall-alone-with = 一并选下 { $seats }

hall-live-lost = 座位图暂时无法实时更新，我们正在重试。
hall-live-back = 座位图已恢复实时更新。
hall-full = 目前没有可选座位。他人未付款的座位可能会重新放出。
hall-cancelled = 本场已取消，已购的票会退款。
hall-cancelled-why = 本场已取消：“{ $why }”。已购的票会退款。
hall-not-open = 本场将于 { $day } { $time } 开售。
hall-closed = 本场已停止售票，请咨询售票处。
hall-begun = 本场已开映，不再售票。
hall-over = 本场已结束。
