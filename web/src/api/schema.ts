// Made from the OpenAPI document by npm run types; not to be edited.

export interface components {
    schemas: {
        AcceptRequest: {
            /** @description 验收人 */
            by: string;
            /**
             * Format: int64
             * @description 整体替换会减少现有记录时，写明所确认的减少数目（见 changes）
             */
            confirm_removed?: number;
            /**
             * @description 有暂不计入的行时：accept 采用修复后的图形，leave_out 不采用
             * @enum {string}
             */
            held_rows?: "accept" | "leave_out";
        };
        Account: {
            /** @description true：全部旗区 */
            all_counties: boolean;
            /** @description 可见的旗区；可见全部时为空 */
            counties: string[];
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /** @description true：已停用，不能登录，其令牌无效 */
            disabled: boolean;
            /** @description 能否用密码登录 */
            has_password: boolean;
            /** @description 统一认证的签发者；没有时为 null */
            issuer: string | null;
            name: string;
            /** @description viewer 查看、editor 录入、inspector 核查、approver 审核、admin 管理员 */
            role: string;
            role_title: string;
            /** @description 统一认证中的用户编号 */
            subject: string | null;
        };
        AccountChange: {
            /** @description 六位旗区代码；空的列表即全部旗区 */
            counties?: string[];
            /** @description true 停用，false 重新启用 */
            disabled?: boolean;
            /** @description 新密码 */
            password?: string;
            /** @enum {string} */
            role?: "viewer" | "editor" | "inspector" | "approver" | "admin";
        };
        AccountRequest: {
            /** @description 六位旗区代码；不写即全部旗区 */
            counties?: string[];
            /** @description 统一认证的签发者 */
            issuer?: string;
            /** @description 账号名，1 至 50 个汉字、字母、数字或 . _ -；不能更改，停用后也不再给别人使用 */
            name: string;
            /** @description 12 至 128 个字，几个不相干的词即可；只用统一认证登录的不写 */
            password?: string;
            /**
             * @description 查看、录入、核查、审核、管理员
             * @enum {string}
             */
            role: "viewer" | "editor" | "inspector" | "approver" | "admin";
            /** @description 统一认证中的用户编号（sub） */
            subject?: string;
        };
        AuditEvent: {
            /** @description 操作的 operationId，或命令 */
            action: string;
            /** @description 账号；没有账号时为 本机，不知道是谁时为空 */
            actor: string;
            /** @description 来自哪个地址 */
            address: string;
            /** Format: date-time */
            at: string;
            /** Format: int64 */
            no: number;
            /** @description 操作的网址 */
            resource: string;
            /** @description ok，或问题代码 */
            result: string;
            /** @description 与前一条相连的散列 */
            sha256: string;
            /** @description session 登录、token 令牌、local 本机、command 命令行、none 未登录 */
            via: string;
        };
        BaseMap: {
            /** @description 图上注明的来源 */
            attribution: string;
            /** @description 瓦片的网址，下面的在前；{z}、{x}、{y} 处填入级、列、行（Web 墨卡托） */
            urls: string[];
        };
        Changes: {
            /**
             * Format: int64
             * @description 按编号计
             */
            added: number;
            /** @description 至多 20 个 */
            added_keys: string[];
            /**
             * Format: int64
             * @description 所接续的已验收版本；0 表示没有
             */
            base_id: number;
            /** Format: int64 */
            changed: number;
            changed_keys: string[];
            /** Format: int64 */
            removed: number;
            removed_keys: string[];
            /** Format: int64 */
            same: number;
        };
        CheckRequest: {
            /**
             * Format: date
             * @description 截止日；不写即今天
             */
            as_of?: string;
            /** @description 一个环的角点，先东坐标（或经度）后北坐标（或纬度）；不必闭合 */
            corners?: number[][];
            /** @description wkt、corners 的坐标系，例如 EPSG:4525；不写即 EPSG:4490 */
            crs?: string;
            /** @description GeoJSON 面（可为 Feature 或 FeatureCollection），经纬度；geojson、wkt、corners 写一项 */
            geojson?: unknown;
            /** @description POLYGON 或 MULTIPOLYGON，先东坐标（或经度）后北坐标（或纬度） */
            wkt?: string;
        };
        County: {
            /** @example 150621 */
            code: string;
            /** @description 西、南、东、北，度，EPSG:4490 */
            extent: number[];
            name: string;
        };
        CountyRequest: {
            /** @description 西、南、东、北，度，EPSG:4490；上传的图形须在其内（外扩 20 公里） */
            extent: number[];
            /** @description 旗区名称 */
            name: string;
        };
        Dataset: {
            /** Format: date-time */
            accepted_at: string | null;
            accepted_by: string | null;
            county_code: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: double
             * @description 各行面积之和，重叠处重复计入
             */
            ellipsoidal_area_m2: number | null;
            encoding: components["schemas"]["DatasetEncoding"] | null;
            /** @description failed 的原因：internal error、cancelled、interrupted、database unavailable 或 storage full */
            error: string | null;
            /** @description 给使用者的说明与下一步；没有失败时为空 */
            error_text: string | null;
            /** @description 西、南、东、北，度；没有图形时为空 */
            extent: number[];
            files: components["schemas"]["DatasetFile"][];
            footprints: components["schemas"]["DatasetGround"][];
            /** @description 对暂不计入各行的决定：accept 或 leave_out */
            held_decision: string | null;
            /** Format: int64 */
            id: number;
            layer: string;
            layer_title: string;
            /** Format: date-time */
            loaded_at: string | null;
            mapping: components["schemas"]["DatasetMapping"];
            mode: string;
            /** Format: double */
            mu: number | null;
            /** @description 读取时采用的坐标系 */
            reference: components["schemas"]["DatasetReference"] | null;
            /**
             * Format: int64
             * @description 暂不计入、待人决定的行数
             */
            rows_held: number;
            /** Format: int64 */
            rows_loaded: number;
            /**
             * Format: int64
             * @description 已读行数；读取中不断增加
             */
            rows_read: number;
            /** Format: int64 */
            rows_refused: number;
            source: string;
            /** @description loading 读取中、staged 待验收、accepted 已验收、refused 文件不能使用、failed 系统故障 */
            status: string;
            /** Format: date */
            vintage: string;
        };
        DatasetEncoding: {
            /** @description user、cpg、ldid、content 或 format */
            how: string;
            name: string;
        };
        DatasetEvent: {
            /**
             * Format: date-time
             * @description 没有记录时间的为 null
             */
            at: string | null;
            /** @description 经办人；没有记录的为空 */
            by: string;
            /**
             * Format: int64
             * @description 在它基础上补充的、接替它的数据版本
             */
            dataset_id: number | null;
            /**
             * Format: int64
             * @description 试用或采用它的套合
             */
            run_id: number | null;
            title: string;
            /** @description uploaded、loaded、refused、failed、tried、accepted、first_read、last_read、continued 或 superseded */
            what: string;
        };
        DatasetFile: {
            /** Format: int64 */
            bytes: number;
            layer_name: string;
            name: string;
            sha256: string;
        };
        DatasetGround: {
            /** Format: date */
            imaged_on: string;
            whole_county: boolean;
        };
        DatasetLine: {
            /** Format: date-time */
            accepted_at: string | null;
            county_code: string;
            /** Format: date-time */
            created_at: string;
            file_name: string | null;
            /** Format: int64 */
            id: number;
            layer: string;
            layer_title: string;
            /** Format: int64 */
            rows_held: number;
            /** Format: int64 */
            rows_loaded: number;
            /** Format: int64 */
            rows_refused: number;
            source: string;
            status: string;
            /** Format: date */
            vintage: string;
        };
        DatasetMapping: {
            /** @description 字段 → 文件中的列 */
            columns: {
                [key: string]: string;
            };
            /** @description 字段 → 固定值 */
            constants: {
                [key: string]: string;
            };
            /** @description 没有对应字段、原样保留的列 */
            extra: string[];
        };
        DatasetReference: {
            /** @description true：换算没有公布的定义，由此得出的面积均为近似 */
            approximate: boolean;
            datum: string;
            /**
             * Format: int64
             * @description 0：没有代码
             */
            epsg: number;
            /** @description 经人确认的更正；没有时为空 */
            fix: string;
            /** @description user、prj、geojson-crs、rfc7946 等 */
            how: string;
            name: string;
            /** @description 转换到 CGCS2000 的参数；不需要时为 null */
            shift: components["schemas"]["Shift"] | null;
        };
        DatasetVersion: {
            /** Format: date-time */
            accepted_at: string;
            accepted_by: string;
            /** Format: int64 */
            dataset_id: number;
            file_name: string;
            /**
             * Format: date
             * @description 截止日从这一天起采用；被同一时点的新版本接替、从不采用的为 null
             */
            in_force_from: string | null;
            /**
             * Format: date
             * @description 截止日到这一天为止采用；至今仍采用的为 null
             */
            in_force_until: string | null;
            layer: string;
            layer_title: string;
            mode: string;
            /** Format: int64 */
            rows_loaded: number;
            source: string;
            /**
             * Format: int64
             * @description 时间线上接替它的数据版本
             */
            superseded_by: number | null;
            /** Format: date */
            vintage: string;
        };
        DiagnosticCount: {
            code: string;
            /** Format: int64 */
            count: number;
            severity: string;
        };
        DiagnosticKind: {
            /** @description {name} 处填入 args 中的值 */
            chinese: string;
            code: string;
            english: string;
            severity: string;
        };
        DiagnosticLine: {
            args: {
                [key: string]: string;
            };
            /** @description 经度、纬度；位置不明时为空 */
            at: number[];
            chinese: string;
            code: string;
            english: string;
            field: string;
            /** Format: int64 */
            no: number;
            /**
             * Format: int64
             * @description 源文件中的行号，从 1 起；null：说的是整个文件
             */
            row: number | null;
            /** @description refused 未采用、held 暂不计入、repaired 已修复、noted 提示 */
            severity: string;
        };
        DiagnosticPage: {
            /** @description 各代码出现的次数（全部） */
            counts: components["schemas"]["DiagnosticCount"][];
            /** Format: int64 */
            dataset_id: number;
            /** @description 每个代码至多保存 1000 条 */
            items: components["schemas"]["DiagnosticLine"][];
            next: string | null;
        };
        DossiersRequest: {
            /** @description 六位旗区代码；不写即全部 */
            counties?: string[];
            /**
             * Format: int64
             * @description PNG 的分辨率
             * @default 200
             */
            dpi: number;
            /**
             * @description 一矿一案；pdf 需要执行任务的机器装有 LibreOffice
             * @default docx
             * @enum {string}
             */
            format: "docx" | "pdf";
            /**
             * Format: int64
             * @description 按台账到这一号事件时的状态出具；不写即最新
             */
            ledger_event?: number;
            /** @description 采矿许可证号；不写即全部 */
            licence_nos?: string[];
            /**
             * @description 套合图
             * @default png
             * @enum {string}
             */
            map_format: "png" | "pdf";
            /**
             * @default auto
             * @enum {string}
             */
            orientation: "auto" | "portrait" | "landscape";
            /**
             * @description 套合图的底图影像：auto 各矿取影像日期不晚于截止日、覆盖采矿权的最新一幅，none 不用，或正射影像的编号
             * @default auto
             */
            orthophoto: string;
            /**
             * @description 套合图图幅
             * @default A4
             * @enum {string}
             */
            paper: "A4" | "A3";
        };
        Encoding: {
            how: string;
            name: string;
        };
        EventLine: {
            /** @description 经办人 */
            actor: string;
            /** Format: date-time */
            at: string;
            /** @description 事件全文（规范 JSON 文本）：state 为问题变动后的样子，row 为新增的记录 */
            body: string;
            /** Format: int64 */
            item_id: number | null;
            /** @description 事项，见 docs/glossary.md */
            kind: string;
            /** Format: int64 */
            no: number;
            note: string;
            /** @description 前一事件的 SHA-256（32 字节）连同 body 的 SHA-256 */
            sha256: string;
        };
        Evidence: {
            accepted_on?: string;
            approval_no?: string;
            document?: string;
            reason?: string;
            return_document?: string;
            returned_on?: string;
        };
        FindingPage: {
            /** Format: date */
            as_of: string;
            items: components["schemas"]["ReportFindingLine"][];
            /**
             * Format: int64
             * @description 未能计算的矿山数：没有列出问题，不等于没有问题
             */
            mines_failed: number;
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
            /** Format: int64 */
            run_id: number;
        };
        Health: {
            /** @description 可由统一认证登录（浏览器打开 /signin） */
            issuer: boolean;
            status: string;
            version: string;
        };
        InspectedAreas: {
            /** Format: double */
            ellipsoidal_area_m2: number;
            /** Format: double */
            mu: number;
            /** Format: double */
            planar_area_m2: number;
            planar_crs: string;
        };
        InspectedExtent: {
            /** Format: double */
            east: number;
            /** Format: double */
            north: number;
            /** Format: double */
            south: number;
            /** Format: double */
            west: number;
        };
        InspectedFeature: {
            /** Format: int64 */
            corners: number;
            /** Format: double */
            ellipsoidal_area_m2: number;
            key?: string;
            /** Format: double */
            mu: number;
            /** Format: double */
            planar_area_m2: number;
            planar_crs: string;
            /** Format: int64 */
            polygons: number;
            /** Format: int64 */
            row: number;
        };
        InspectedField: {
            maps_to?: string;
            name: string;
            /** Format: int64 */
            nulls: number;
            title?: string;
        };
        InspectedLayer: {
            areas: components["schemas"]["InspectedAreas"] | null;
            diagnostic_counts: {
                [key: string]: number;
            };
            diagnostics: components["schemas"]["InspectedRemark"][];
            encoding: components["schemas"]["Encoding"];
            extent: components["schemas"]["InspectedExtent"] | null;
            features?: components["schemas"]["InspectedFeature"][];
            fields: components["schemas"]["InspectedField"][];
            geometry_types: {
                [key: string]: number;
            };
            layer?: string;
            missing_fields: string[];
            name: string;
            reference: components["schemas"]["Reference"] | null;
            refused: boolean;
            /** Format: int64 */
            rows: number;
        };
        InspectedRemark: {
            args?: {
                [key: string]: string;
            };
            at?: number[];
            code: string;
            field?: string;
            /** Format: int64 */
            row?: number;
            severity: string;
            text_en: string;
            text_zh: string;
        };
        Inspection: {
            /** Format: int64 */
            bytes: number;
            file: string;
            layers: components["schemas"]["InspectedLayer"][];
            /** @description 整个文件不能使用的原因；可用时为空 */
            refused: components["schemas"]["InspectedRemark"][];
            sha256: string;
            /** Format: int64 */
            version: number;
        };
        Job: {
            /** Format: date-time */
            created_at: string;
            /** Format: int64 */
            done: number;
            /** @description internal error、database unavailable、storage full、older run（台账已按更晚的套合入账）、font missing（执行任务的机器没有中文字体）、pdf unavailable（没有 LibreOffice）或 gdal missing（没有 GDAL） */
            error: string | null;
            /**
             * Format: date-time
             * @description 届时连同结果一并删除；未结束时为 null
             */
            expires_at: string | null;
            /**
             * Format: int64
             * @description 未能完成的项，其余照常；压缩包的目录写明原因
             */
            failed: number;
            /** @description 完成后结果的网址 */
            file: string | null;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: int64 */
            id: number;
            /** @description dossiers 一矿一案与套合图、annex1 附件1、annex2 附件2、briefing 简报、ledger_feed 入账、ledger_measurements 影像核验、mine_report 一座矿山重算后的报告 */
            kind: string;
            /**
             * Format: double
             * @description 按目前进度估计还需的秒数；没有进展可依、或各步长短不一（附件、简报）时为 null
             */
            remaining_s: number | null;
            /**
             * Format: int64
             * @description 所依据的套合
             */
            run_id: number;
            /** Format: date-time */
            started_at: string | null;
            /** @description queued 排队、running 进行中、complete 完成、cancelled 已取消、failed 系统故障 */
            status: string;
            /**
             * Format: int64
             * @description 共几项（矿山、问题，或一份材料的步骤）；尚不知道时为 0
             */
            total: number;
        };
        Layer: {
            fields: components["schemas"]["LayerField"][];
            /** @description 区分各行的字段，第一个是名称；没有时为空 */
            key: string[];
            name: string;
            title: string;
        };
        LayerCatalogue: {
            codes: {
                [key: string]: components["schemas"]["LayerCode"][];
            };
            layers: components["schemas"]["Layer"][];
        };
        LayerCode: {
            code: string;
            spellings: string[];
        };
        LayerField: {
            /** @description 代码表或词表的名称；不是代码或词时为空 */
            codes: string;
            name: string;
            required: boolean;
            /** @description 认识的列名 */
            synonyms: string[];
            title: string;
            /** @description text、date、number、area、area_km2、licence_no、licence_ref、code（代码表之一）或 word（词表之一，表外的词按原样保留） */
            type: string;
        };
        LedgerAssignRequest: {
            /** @description 承办人 */
            assigned_to?: string;
            /** @description 经办人 */
            by: string;
            /** @description 联系方式 */
            contact?: string;
            /**
             * Format: date
             * @description 完成整改时限，不晚于方案规定
             */
            deadline?: string;
            /** @description 整改措施 */
            measures?: string;
            /** @description 说明 */
            note?: string;
            /** @description 整改责任人 */
            responsible?: string;
            /** @description 职级，副科级以上 */
            responsible_rank?: string;
        };
        LedgerBy: {
            /** @description 经办人 */
            by: string;
            /** @description 说明 */
            note?: string;
        };
        LedgerCampaign: {
            /**
             * Format: date
             * @description 一般整改时限
             */
            deadline: string;
            /** @description 按规则或问题类型的时限 */
            deadlines: {
                [key: string]: string;
            };
            groups: {
                [key: string]: string;
            };
            name: string;
            /** @description 无主地块按规则的时限 */
            ownerless_deadlines: {
                [key: string]: string;
            };
            /** @description 人工录入的问题类型 */
            problem_types: components["schemas"]["LedgerProblemType"][];
            /** @description 整改责任人可填的职级 */
            ranks: string[];
            /** Format: date */
            starts: string;
            title: string;
        };
        LedgerChanges: {
            /**
             * Format: int64
             * @description 最后一个事件的编号；下次以此作为 after。每个事件至少给出一次，按编号顺序
             */
            cursor: number;
            items: components["schemas"]["EventLine"][];
            /** @description 还有更多时的网址；已到末尾时为 null */
            next: string | null;
        };
        LedgerDossier: {
            /** @description 承办人 */
            assigned_to: string;
            /** @description 专项行动 */
            campaign: string;
            /** @description rectified 已整改、legalised 已补办手续、reclaimed 已复垦还地、treated 已治理、withdrawn 撤回 */
            closed_as: string | null;
            /**
             * Format: date
             * @description 销号依据的日期：影像日期，或文件日期
             */
            closed_on: string | null;
            /** @description 联系方式 */
            contact: string;
            /** @description 现场核定；没有核定的为 null */
            corrected: components["schemas"]["ReportArea"] | null;
            county_code: string;
            /**
             * Format: int64
             * @description 重新打开的次数
             */
            cycle: number;
            /**
             * Format: date
             * @description 完成整改时限
             */
            deadline: string;
            /** @description 矿山企业 */
            enterprise: string;
            /**
             * Format: int64
             * @description 最近一次变动；与 ETag 相同
             */
            event_no: number;
            /** @description 全部经过 */
            events: components["schemas"]["EventLine"][];
            /** @description 现场核查 */
            field_checks: components["schemas"]["LedgerFieldCheck"][];
            /** Format: int64 */
            first_seen_in_run: number | null;
            /** @description 最近一次核查仍发现 */
            found: boolean;
            /**
             * Format: int64
             * @description 排查工作组
             */
            group: number;
            /** Format: int64 */
            id: number;
            /**
             * Format: date
             * @description 发现该问题的最新影像日期
             */
            imaged_on: string | null;
            /** @description 不属于任何矿山的为空 */
            licence_no: string;
            /** @description 套合所测；人工录入的为 null */
            measured: components["schemas"]["ReportArea"] | null;
            /** @description 整改措施 */
            measures: string;
            /** @description 已采取的措施 */
            measures_taken: components["schemas"]["LedgerMeasure"][];
            /** @description 开采方式、矿种 */
            method_and_mineral: string;
            mine_name: string;
            photographs: components["schemas"]["LedgerPhotograph"][];
            /** @description 排查发现问题；核实以前写作“疑似” */
            problem: string;
            /** @description 规则代码，或方案中的问题类型代码 */
            problem_code: string;
            /** @description 问题类型 */
            problem_type: string;
            /** @description 销号申请 */
            proposals: components["schemas"]["LedgerProposal"][];
            /** @description 排除、撤回或重新打开的原因 */
            reason: string;
            /** @description 整改责任人 */
            responsible: string;
            /** @description 职级 */
            responsible_rank: string;
            /** @description 规则代码；人工录入的为空 */
            rule: string;
            /**
             * Format: int64
             * @description 最近一次有变化的套合
             */
            seen_in_run: number | null;
            /** @description 历次套合的发现 */
            sightings: components["schemas"]["LedgerSighting"][];
            /** @description lead 线索、confirmed 已核实、dismissed 已排除、rectifying 整改中、awaiting_acceptance 待验收、closed 已销号 */
            state: string;
            state_title: string;
            /** @description 行政区域（苏木镇） */
            township: string;
        };
        LedgerFeedRequest: {
            /** @description 经办人 */
            by: string;
            /**
             * Format: int64
             * @description 套合编号
             */
            run_id: number;
        };
        LedgerFieldCheck: {
            /** Format: date */
            checked_on: string;
            corrected: components["schemas"]["ReportArea"] | null;
            /** Format: int64 */
            event_no: number;
            /** Format: double */
            latitude: number | null;
            /** Format: double */
            longitude: number | null;
            officers: string;
        };
        LedgerFieldCheckRequest: {
            /** @description 经办人 */
            by: string;
            /** Format: date */
            checked_on: string;
            /**
             * Format: double
             * @description 现场核定面积（亩），与套合所测并列
             */
            corrected_mu?: number;
            /** Format: double */
            latitude?: number;
            /** Format: double */
            longitude?: number;
            /** @description 说明 */
            note?: string;
            /** @description 核查人员 */
            officers: string;
        };
        LedgerItem: {
            /** @description 承办人 */
            assigned_to: string;
            /** @description 专项行动 */
            campaign: string;
            /** @description rectified 已整改、legalised 已补办手续、reclaimed 已复垦还地、treated 已治理、withdrawn 撤回 */
            closed_as: string | null;
            /**
             * Format: date
             * @description 销号依据的日期：影像日期，或文件日期
             */
            closed_on: string | null;
            /** @description 联系方式 */
            contact: string;
            /** @description 现场核定；没有核定的为 null */
            corrected: components["schemas"]["ReportArea"] | null;
            county_code: string;
            /**
             * Format: int64
             * @description 重新打开的次数
             */
            cycle: number;
            /**
             * Format: date
             * @description 完成整改时限
             */
            deadline: string;
            /** @description 矿山企业 */
            enterprise: string;
            /**
             * Format: int64
             * @description 最近一次变动；与 ETag 相同
             */
            event_no: number;
            /** Format: int64 */
            first_seen_in_run: number | null;
            /** @description 最近一次核查仍发现 */
            found: boolean;
            /**
             * Format: int64
             * @description 排查工作组
             */
            group: number;
            /** Format: int64 */
            id: number;
            /**
             * Format: date
             * @description 发现该问题的最新影像日期
             */
            imaged_on: string | null;
            /** @description 不属于任何矿山的为空 */
            licence_no: string;
            /** @description 套合所测；人工录入的为 null */
            measured: components["schemas"]["ReportArea"] | null;
            /** @description 整改措施 */
            measures: string;
            /** @description 开采方式、矿种 */
            method_and_mineral: string;
            mine_name: string;
            /** @description 排查发现问题；核实以前写作“疑似” */
            problem: string;
            /** @description 规则代码，或方案中的问题类型代码 */
            problem_code: string;
            /** @description 问题类型 */
            problem_type: string;
            /** @description 排除、撤回或重新打开的原因 */
            reason: string;
            /** @description 整改责任人 */
            responsible: string;
            /** @description 职级 */
            responsible_rank: string;
            /** @description 规则代码；人工录入的为空 */
            rule: string;
            /**
             * Format: int64
             * @description 最近一次有变化的套合
             */
            seen_in_run: number | null;
            /** @description lead 线索、confirmed 已核实、dismissed 已排除、rectifying 整改中、awaiting_acceptance 待验收、closed 已销号 */
            state: string;
            state_title: string;
            /** @description 行政区域（苏木镇） */
            township: string;
        };
        LedgerItemRequest: {
            /** @description 经办人 */
            by: string;
            county_code: string;
            /**
             * Format: date
             * @description 不写即方案规定的时限
             */
            deadline?: string;
            /** @description 矿山企业 */
            enterprise: string;
            licence_no?: string;
            /** @description 如“露天+煤矿” */
            method_and_mineral?: string;
            mine_name?: string;
            /** @description 说明 */
            note?: string;
            /** @description 排查发现问题 */
            problem: string;
            /** @description 方案中的问题类型代码，见 /v1/ledger/campaign */
            problem_code: string;
            township?: string;
        };
        LedgerMeasure: {
            /**
             * Format: double
             * @description 罚款金额（元）
             */
            amount_yuan: number | null;
            /** @description 机关 */
            authority: string;
            /** Format: int64 */
            event_no: number;
            kind: string;
            kind_title: string;
            /** @description 文号 */
            number: string;
            /** Format: date */
            taken_on: string;
        };
        LedgerMeasureRequest: {
            /**
             * Format: double
             * @description 罚款金额（元）
             */
            amount_yuan?: number;
            /** @description 机关 */
            authority?: string;
            /** @description 经办人 */
            by: string;
            /**
             * @description 立案、处罚、责令停止、移送司法、挂牌督办、暂停新增开采面、停办延续、信用公示、按日计罚、移出绿色矿山名录
             * @enum {string}
             */
            kind: "case_filed" | "penalty" | "stop_order" | "judicial_referral" | "supervised" | "new_face_suspended" | "renewal_suspended" | "credit_published" | "daily_fine" | "green_list_removed";
            /** @description 说明 */
            note?: string;
            /** @description 文号 */
            number?: string;
            /** Format: date */
            taken_on: string;
        };
        LedgerMeasuredRate: {
            /** Format: double */
            not_observed: number;
            /** Format: double */
            rectified: number;
            /** Format: double */
            remaining: number;
        };
        LedgerMeasurement: {
            /**
             * Format: date
             * @description 此前发现该问题的影像日期
             */
            base_imaged_on: string;
            /** @description 此前发现的地块，等于以下三项之和 */
            ground: components["schemas"]["ReportArea"];
            /** @description 与原地块相连的新增部分，在原地块之外 */
            grown: components["schemas"]["ReportArea"];
            /** Format: int64 */
            item_id: number;
            /** @description 不相连的新增部分，在原地块之外 */
            moved: components["schemas"]["ReportArea"];
            /**
             * Format: date
             * @description 据以核验的最新影像日期；没有影像覆盖时为 null
             */
            newest_imaged_on: string | null;
            /** @description 没有较新影像覆盖，不作判断 */
            not_observed: components["schemas"]["ReportArea"];
            /** @description 占此前发现的地块的百分比 */
            percent: components["schemas"]["LedgerMeasuredRate"];
            /** @description 已不见扰动 */
            rectified: components["schemas"]["ReportArea"];
            /** @description 仍见扰动 */
            remaining: components["schemas"]["ReportArea"];
            /** Format: int64 */
            run_id: number;
            /** @description rectified 已整改、not_observed 没有影像覆盖、partly_observed 部分没有影像覆盖、moved 移位、shrunk 部分整改、grown 扩大、remaining 未整改 */
            verdict: string;
            verdict_title: string;
        };
        LedgerPhotograph: {
            /** Format: int64 */
            bytes: number;
            /** Format: int64 */
            event_no: number;
            /** Format: int64 */
            field_check_no: number | null;
            file_name: string;
            /** @description 所交文件的 SHA-256 */
            file_sha256: string;
            /** Format: int64 */
            height: number;
            /** @description 所存照片的 SHA-256 */
            jpeg_sha256: string;
            /** Format: double */
            latitude: number | null;
            /**
             * Format: double
             * @description 相机记录的位置（EXIF）
             */
            longitude: number | null;
            /** @description 相机时间，不带时区 */
            taken_at: string | null;
            url: string;
            /** Format: int64 */
            width: number;
        };
        LedgerPlan: {
            /** @description true：这次套合此前已经入账，再次入账不改变任何内容 */
            applied: boolean;
            /** Format: date */
            as_of: string;
            /** @description 各种变化的问题数 */
            counts: {
                [key: string]: number;
            };
            lines: components["schemas"]["LedgerPlanLine"][];
            /** Format: int64 */
            run_id: number;
        };
        LedgerPlanLine: {
            /** @description 增加的地块 */
            gained: components["schemas"]["ReportArea"];
            /** @description 入账后的样子；新增的入账以前编号为 0 */
            item: components["schemas"]["LedgerItem"];
            /** @description 减少的地块 */
            lost: components["schemas"]["ReportArea"];
            /** @description new 新增、changed 有变化、unchanged 无变化、gone 未再发现、reopened 重新打开、settled 已销号且没有更新的影像、excluded 已排除、not_asked 未核查 */
            outcome: string;
            outcome_title: string;
            /** @description 此前面积 */
            was: components["schemas"]["ReportArea"];
        };
        LedgerProblemType: {
            code: string;
            /** Format: int64 */
            group: number;
            title: string;
        };
        LedgerProgress: {
            campaign: string;
            /**
             * Format: double
             * @description 专项行动时间进度（%）
             */
            elapsed_percent: number;
            /** @description 按已结束的阶段应达到的状态；尚无要求时为空 */
            expects: string;
            /** @description 按旗区、工作组 */
            lines: components["schemas"]["LedgerProgressLine"][];
            /** Format: date */
            on: string;
            total: components["schemas"]["LedgerProgressLine"];
        };
        LedgerProgressLine: {
            /**
             * Format: int64
             * @description 待验收
             */
            awaiting_acceptance: number;
            /**
             * Format: int64
             * @description 已销号
             */
            closed: number;
            /**
             * Format: double
             * @description 销号率（%）
             */
            closed_percent: number;
            /**
             * Format: int64
             * @description 已核实
             */
            confirmed: number;
            county_code: string;
            /**
             * Format: int64
             * @description 已排除，不计入销号率
             */
            dismissed: number;
            /**
             * Format: int64
             * @description 即将到期
             */
            due_soon: number;
            /** Format: int64 */
            group: number;
            /**
             * Format: int64
             * @description 问题数
             */
            items: number;
            /**
             * Format: int64
             * @description 线索
             */
            leads: number;
            /**
             * Format: int64
             * @description 达到序时进度
             */
            on_schedule: number;
            /** Format: double */
            on_schedule_percent: number;
            /**
             * Format: int64
             * @description 逾期
             */
            overdue: number;
            /**
             * Format: int64
             * @description 整改中
             */
            rectifying: number;
        };
        LedgerProposal: {
            as: string;
            as_title: string;
            /** Format: int64 */
            event_no: number;
            evidence: components["schemas"]["Evidence"];
            /** @description 影像核验；没有核验的为 null */
            measurement: components["schemas"]["LedgerMeasurement"] | null;
            proposed_by: string;
            /**
             * Format: date
             * @description 依据的日期
             */
            settled_on: string;
        };
        LedgerProposeRequest: {
            /**
             * Format: date
             * @description 验收日期
             */
            accepted_on?: string;
            /** @description 已补办手续：覆盖地块的批准文号 */
            approval_no?: string;
            /**
             * @description 已整改（影像核验）、已补办手续、已复垦还地、已治理、撤回
             * @enum {string}
             */
            as: "rectified" | "legalised" | "reclaimed" | "treated" | "withdrawn";
            /** @description 经办人 */
            by: string;
            /** @description 已复垦还地、已治理：验收文号 */
            document?: string;
            /** @description 说明 */
            note?: string;
            /** @description 撤回的原因 */
            reason?: string;
            /** @description 移交文件 */
            return_document?: string;
            /**
             * Format: date
             * @description 还地移交日期
             */
            returned_on?: string;
            /**
             * Format: int64
             * @description 据以核验的套合；按影像销号必填
             */
            run_id?: number;
        };
        LedgerReasonRequest: {
            /** @description 经办人 */
            by: string;
            /** @description 说明 */
            note?: string;
            /** @description 原因 */
            reason: string;
        };
        LedgerSighting: {
            area: components["schemas"]["ReportArea"];
            /** Format: date */
            as_of: string;
            /** Format: int64 */
            cycle: number;
            /** Format: int64 */
            event_no: number;
            found: boolean;
            gained: components["schemas"]["ReportArea"];
            /** Format: date */
            imaged_on: string | null;
            lost: components["schemas"]["ReportArea"];
            /** Format: int64 */
            run_id: number;
        };
        LedgerWebhook: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: int64
             * @description 已告知的最后一个事件
             */
            delivered_no: number;
            /**
             * Format: date-time
             * @description 从何时起不能告知；正常时为 null
             */
            failing_since: string | null;
            /** Format: int64 */
            id: number;
            last_error: string | null;
            url: string;
        };
        LedgerWebhookRequest: {
            /**
             * Format: int64
             * @description 只告知编号更大的事件；不写即从头
             */
            after?: number;
            /** @description 签名密钥，不再显示 */
            secret: string;
            /** @description http 或 https 地址 */
            url: string;
        };
        Limit: {
            chinese: string;
            english: string;
            name: string;
            /** @description bytes、seconds、times 或 count */
            unit: string;
            /** Format: int64 */
            value: number;
        };
        Limits: {
            items: components["schemas"]["Limit"][];
        };
        Me: {
            /** @description true：全部旗区 */
            all_counties: boolean;
            /** @description 可见的旗区；可见全部时为空 */
            counties: string[];
            /** @description 账号名；没有建立账号时为 本机 */
            name: string;
            /** @description viewer 查看、editor 录入、inspector 核查、approver 审核、admin 管理员 */
            role: string;
            role_title: string;
            /** @description session 登录、token 令牌、local 本机 */
            via: string;
        };
        MineClass: {
            /** @description approved、expired、over_occupied、displaced、unapproved、unapproved_construction 或 within_tolerance */
            class: string;
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            title: string;
        };
        MineLine: {
            /** @description 其中批准范围内 */
            approved: components["schemas"]["ReportArea"] | null;
            /** @description 占地按类别，合计等于占地；未核查或没有占地时为空 */
            classes: components["schemas"]["MineClass"][];
            county_code: string;
            enterprise: string;
            /** @description 影像所见占地；未核查时为 null */
            ground: components["schemas"]["ReportArea"] | null;
            licence_area: components["schemas"]["ReportArea"];
            licence_no: string;
            method_and_mineral: string;
            mine_name: string;
            /** @description 发现疑似问题的规则 */
            rules: string[];
            /** @description pending 待计算、done 已计算、failed 计算失败 */
            status: string;
            township: string;
        };
        MinePage: {
            /** Format: date */
            as_of: string;
            items: components["schemas"]["MineLine"][];
            next: string | null;
            /** Format: int64 */
            run_id: number;
        };
        Orthophoto: {
            /** Format: date-time */
            added_at: string;
            /** Format: int64 */
            bytes: number;
            county: string;
            /** @description 供网页显示的瓦片；没有时为 null */
            display: components["schemas"]["OrthophotoDisplay"] | null;
            /** @description 为什么没有瓦片；有时为空 */
            display_fault: string;
            /**
             * Format: int64
             * @description 影像坐标系的 EPSG 编号
             */
            epsg: number;
            /** @description 外接范围：西、南、东、北，度 */
            extent: number[];
            /**
             * Format: int64
             * @description 像元
             */
            height: number;
            /** Format: int64 */
            id: number;
            /** @description 影像日期 */
            imaged_on: string;
            /** @description 图上的名称 */
            name: string;
            /**
             * Format: double
             * @description 一个像元在地面上的大小，约，米
             */
            pixel_m: number;
            sha256: string;
            /**
             * Format: int64
             * @description 像元
             */
            width: number;
        };
        OrthophotoDisplay: {
            /** @description 最细的在前 */
            levels: components["schemas"]["OrthophotoLevel"][];
            /**
             * Format: double
             * @description 左上角，EPSG:3857，米
             */
            north_m: number;
            /**
             * Format: int64
             * @description 瓦片的边长，像元
             */
            tile_pixels: number;
            /**
             * Format: double
             * @description 左上角，EPSG:3857，米
             */
            west_m: number;
        };
        OrthophotoLevel: {
            /**
             * Format: int64
             * @description 像元
             */
            height: number;
            /**
             * Format: double
             * @description 一个像元的大小，EPSG:3857，米；不是地面上的大小
             */
            pixel_m: number;
            /**
             * Format: int64
             * @description 像元
             */
            width: number;
        };
        PageAccount: {
            items: components["schemas"]["Account"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageAuditEvent: {
            items: components["schemas"]["AuditEvent"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageCounty: {
            items: components["schemas"]["County"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageDatasetEvent: {
            items: components["schemas"]["DatasetEvent"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageDatasetLine: {
            items: components["schemas"]["DatasetLine"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageDatasetVersion: {
            items: components["schemas"]["DatasetVersion"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageDiagnosticKind: {
            items: components["schemas"]["DiagnosticKind"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageJob: {
            items: components["schemas"]["Job"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageLedgerItem: {
            items: components["schemas"]["LedgerItem"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageLedgerMeasurement: {
            items: components["schemas"]["LedgerMeasurement"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageLedgerWebhook: {
            items: components["schemas"]["LedgerWebhook"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageListedGround: {
            items: components["schemas"]["ReportListedGround"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageOrthophoto: {
            items: components["schemas"]["Orthophoto"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageReportPatch: {
            items: components["schemas"]["ReportPatch"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageRuleSetLine: {
            items: components["schemas"]["RuleSetLine"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageRunLine: {
            items: components["schemas"]["RunLine"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PageToken: {
            items: components["schemas"]["Token"][];
            /** @description 下一页的网址；没有时为 null */
            next: string | null;
        };
        PaperJobRequest: {
            /**
             * Format: int64
             * @description 简报与之比较的套合；不写即此前同一范围最新的已完成套合
             */
            against?: number;
            /** @description 六位旗区代码；不写即套合的全部旗区 */
            county?: string;
            /**
             * @description xlsx 只有附件1；不写即附件1 为 xlsx，其余为 docx；pdf 需要执行任务的机器装有 LibreOffice
             * @enum {string}
             */
            format?: "xlsx" | "docx" | "pdf";
            /**
             * Format: int64
             * @description 排查工作组；不写即全部
             */
            group?: number;
            /**
             * Format: int64
             * @description 按台账到这一号事件时的状态出具，编号印在纸上；不写即提出时的最新；简报不随台账
             */
            ledger_event?: number;
            /**
             * @description annex1 附件1、annex2 附件2、briefing 简报
             * @enum {string}
             */
            paper: "annex1" | "annex2" | "briefing";
        };
        PasswordRequest: {
            /** @description 现用密码 */
            old_password: string;
            /** @description 新密码，12 至 128 个字，几个不相干的词即可 */
            password: string;
        };
        Problem: {
            /**
             * @description Stable code of the kind of problem
             * @enum {string}
             */
            code: "malformed-json" | "malformed-form" | "upload-incomplete" | "bad-parameters" | "invalid-execution" | "bad-text" | "unauthenticated" | "sign-in-refused" | "host-not-allowed" | "cross-origin" | "forbidden" | "other-counties" | "no-such-path" | "not-found" | "no-such-process" | "no-such-job" | "no-such-output" | "result-not-ready" | "method-not-allowed" | "not-acceptable" | "request-timeout" | "not-staged" | "held-rows-undecided" | "removal-unconfirmed" | "run-over" | "run-not-broken" | "not-loading" | "run-not-complete" | "job-not-complete" | "dataset-kept" | "layer-being-read" | "run-kept" | "run-what-if" | "run-of-one-mine" | "no-account" | "item-state" | "same-person" | "older-run" | "not-by-image" | "no-earlier-day" | "idempotency-key-reused" | "request-under-way" | "reply-lost" | "item-changed" | "resource-changed" | "too-large" | "unsupported-media-type" | "range-not-satisfiable" | "invalid-request" | "too-many-sign-ins" | "internal-error" | "execution-failed" | "pdf-unavailable" | "font-missing" | "gdal-missing" | "issuer-unavailable" | "execution-under-way" | "request-took-too-long" | "service-stopping" | "database-unavailable" | "no-space" | "database-full";
            /** @description 给使用者的说明与下一步 */
            detail: string;
            /** @description 请求中的全部错误 */
            errors: components["schemas"]["ProblemFault"][];
            /** @description Names the request in the log */
            request_id: string;
            /** Format: int64 */
            status: number;
            /** @description The kind of problem, in English */
            title: string;
            /** @description Where the code is explained */
            type: string;
        };
        ProblemFault: {
            /** @description Stable code of the fault */
            code: string;
            /** @description Field of the body or form, or query.NAME, path.NAME */
            location: string;
            /** @description 给使用者的说明 */
            message: string;
        };
        Reference: {
            approximate?: boolean;
            datum: string;
            /** Format: int64 */
            epsg?: number;
            fix?: string;
            how: string;
            name: string;
            shift?: components["schemas"]["Shift"];
        };
        ReportApproval: {
            approval_no: string;
            approved_on: string;
            area: components["schemas"]["ReportBothAreas"];
            attributed_by: string;
            kind: string;
            kind_title: string;
            /**
             * Format: double
             * @description 批准最高标高，米
             */
            max_elevation_m?: number;
            purpose: string;
            reclaim_by: string;
            reclaimed_on: string;
            returned_on: string;
            state: string;
            state_title: string;
            /** @description 其中影像仍见占用的部分 */
            still_disturbed: components["schemas"]["ReportArea"] | null;
            valid_from: string;
            valid_to: string;
        };
        ReportArea: {
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
        };
        ReportBothAreas: {
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            /**
             * Format: double
             * @description 平面面积，平方米，两位小数；仅供与旧批准面积对照
             */
            planar_area_m2: number;
            /** @description 平面面积所在的坐标系：矿业权中心所在的 3 度带 */
            planar_crs: string;
        };
        ReportBreakdown: {
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            key: string;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            title: string;
        };
        ReportCause: {
            fields?: components["schemas"]["ReportFieldChange"][];
            /** @description row 数据行、dataset 数据版本、rule 规则或阈值、as_of 截止日、mine 矿山、not_evaluated 未核查 */
            kind: string;
            new?: components["schemas"]["ReportChangedRow"];
            old?: components["schemas"]["ReportChangedRow"];
            /** @description 该行与变化地块重叠的面积；不重叠的本矿数据没有这一项 */
            over?: components["schemas"]["ReportArea"];
            text: string;
        };
        ReportChangedRow: {
            /** Format: int64 */
            dataset_id: number;
            file_name: string;
            file_sha256: string;
            label: string;
            layer: string;
            /** Format: int64 */
            row: number;
        };
        ReportCheck: {
            /**
             * Format: date
             * @description 截止日
             */
            as_of: string;
            /** @description 登记范围与地块相交的旗区 */
            counties: string[];
            /** @description 所查地块 */
            ground: components["schemas"]["ReportArea"];
            layers: components["schemas"]["ReportCheckedLayer"][];
            /** @description 面积所依据的面 */
            surface: string;
        };
        ReportCheckedLayer: {
            /** @description 其中以本来源为准的面积：林地、草原在林草数据覆盖处以林草为准，其余以国土调查为准，两个来源相加即该层的涉及面积；其他图层与 inside 相同 */
            decides: components["schemas"]["ReportArea"];
            /** @description 涉及面积；层内重叠处只计一次 */
            inside: components["schemas"]["ReportArea"];
            layer: string;
            /** @description 截止日没有这个图层的旗区：未核查，不等于没有涉及 */
            missing_in: string[];
            /**
             * Format: int64
             * @description 涉及的行数
             */
            row_count: number;
            /** @description 涉及的行，面积大的在前，至多 500 行 */
            rows: components["schemas"]["ReportCheckedRow"][];
            /** @description 林地、草原的来源 forestry 或 land_survey，两者的 inside 并列、不相加；其余为 default；没有涉及时为空 */
            source: string;
            title: string;
        };
        ReportCheckedRow: {
            /** @description 开采方式、批准类型、类别、地类、图斑类型或行政区代码 */
            class: string;
            class_title: string;
            county_code: string;
            /** Format: int64 */
            dataset_id: number;
            enterprise: string;
            /** Format: date */
            imaged_on: string | null;
            /** @description 采矿权、批准在截止日是否有效；其他图层为 null */
            in_force: boolean | null;
            /** @description 地块在这一行内的面积 */
            inside: components["schemas"]["ReportArea"];
            licence_no: string;
            /** @description 矿山名称、批准文号、保护区或水源地名称、图斑编号、行政区名称；林地、草原为地类代码 */
            name: string;
            /** Format: int64 */
            row_no: number;
            /** Format: date */
            valid_from: string | null;
            /** Format: date */
            valid_to: string | null;
            /** Format: date */
            vintage: string;
        };
        ReportCitation: {
            /** Format: int64 */
            dataset_id: number;
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            file_name: string;
            file_sha256: string;
            label: string;
            layer: string;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            role: string;
            /**
             * Format: int64
             * @description 源文件中的行号，从 1 起
             */
            row: number;
            vintage: string;
        };
        ReportComponent: {
            area: components["schemas"]["ReportArea"];
            class: string;
            /** @description 被批准（含已到期）覆盖的部分 */
            covered: components["schemas"]["ReportArea"];
            /**
             * Format: double
             * @description 覆盖部分 ÷ 所涉批准
             */
            covered_of_approvals: number | null;
            /**
             * Format: double
             * @description 覆盖部分 ÷ 本块
             */
            covered_of_component: number;
            /** Format: double */
            displaced_distance_m?: number;
            /** @description 批东占西所对应的、基本未使用的批准文号 */
            displaced_from?: string;
            displaced_unused?: components["schemas"]["ReportArea"];
            newest_imaged_on: string;
            /** Format: int64 */
            no: number;
            title: string;
        };
        ReportCorner: {
            /** @description 至下一点的边在哪个坐标系内是直线 */
            edge_in: string;
            /** Format: double */
            lat: number;
            lat_dms: string;
            /**
             * Format: double
             * @description 度，九位小数
             */
            lon: number;
            lon_dms: string;
            /** Format: int64 */
            no: number;
            /**
             * Format: double
             * @description 北坐标，米，三位小数
             */
            x_m: number;
            /**
             * Format: double
             * @description 东坐标（带带号），米，三位小数
             */
            y_m: number;
        };
        ReportCountyFigure: {
            county_code: string;
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            /** @description owned 有主、ownerless 无主、ownership_unknown 未登记 */
            ownership: string;
            ownership_title: string;
            /**
             * Format: int64
             * @description 处数；相连的为一处
             */
            places: number;
            problem_type: string;
            /** @description 截止日已恢复 */
            restored: boolean;
            rule: string;
            title: string;
            vegetation: components["schemas"]["ReportVegetationArea"];
        };
        ReportDataset: {
            /**
             * Format: double
             * @description 转换参数注明的精度，米
             */
            accuracy_m?: number;
            /** @description true：由偏移坐标（GCJ-02）近似还原 */
            approximate: boolean;
            county_code: string;
            /** @description 转换到 CGCS2000 的参数及其来源；不需要转换时没有这一项 */
            datum_shift?: components["schemas"]["ReportDatumShift"];
            file_name: string;
            file_sha256: string;
            /** @description 经人确认的坐标更正 */
            fix?: string;
            /** Format: int64 */
            id: number;
            layer: string;
            layer_title: string;
            reference_system: string;
            reference_system_known_by: string;
            source: string;
            vintage: string;
        };
        ReportDatasetChange: {
            county_code: string;
            layer: string;
            layer_title: string;
            /** @description 影像判读范围或数据覆盖范围有变化 */
            looked_elsewhere: boolean;
            /** @description null：不再读取 */
            new: components["schemas"]["ReportDatasetVersion"] | null;
            /** @description null：原先没有 */
            old: components["schemas"]["ReportDatasetVersion"] | null;
            /**
             * Format: int64
             * @description 新增或改动后的行数
             */
            rows_came: number;
            /**
             * Format: int64
             * @description 减少或改动前的行数
             */
            rows_went: number;
            source: string;
        };
        ReportDatasetVersion: {
            file_name: string;
            /** Format: int64 */
            id: number;
            vintage: string;
        };
        ReportDatumShift: {
            /**
             * Format: double
             * @description 四参数：北方向平移，米
             */
            dx_north_m?: number;
            /**
             * Format: double
             * @description 四参数：东方向平移，米
             */
            dy_east_m?: number;
            /** @description position_vector、coordinate_frame、plane_similarity 或 gcj02 */
            method: string;
            method_title: string;
            /**
             * Format: double
             * @description 四参数：旋转，角秒
             */
            rotation_sec?: number;
            /**
             * Format: double
             * @description 角秒
             */
            rx_sec?: number;
            /** Format: double */
            ry_sec?: number;
            /** Format: double */
            rz_sec?: number;
            /**
             * Format: double
             * @description 百万分之一
             */
            scale_ppm?: number;
            /** @description 参数来源 */
            source?: string;
            /**
             * Format: int64
             * @description 四参数：目标平面坐标系
             */
            target_epsg?: number;
            /**
             * Format: double
             * @description 米
             */
            tx_m?: number;
            /** Format: double */
            ty_m?: number;
            /** Format: double */
            tz_m?: number;
        };
        ReportDiffRun: {
            as_of: string;
            digest: string;
            /** Format: int64 */
            id: number;
            rule_set_sha256: string;
            /** @description 假设已验收的数据；为空即正式套合 */
            what_if: number[];
        };
        ReportDiffTotal: {
            change: string;
            /** Format: double */
            difference_mu: number;
            /** Format: int64 */
            findings: number;
            new: components["schemas"]["ReportArea"];
            old: components["schemas"]["ReportArea"];
            title: string;
        };
        ReportExplainedApproval: {
            approval_no: string;
            approved_on: string;
            /** @description licence、enterprise、overlap；他人的批准为空 */
            attributed_by: string;
            kind: string;
            kind_title: string;
            /** @description 与问题地块重叠 */
            of_finding: components["schemas"]["ReportArea"];
            /** @description 与本矿占地重叠 */
            of_ground: components["schemas"]["ReportArea"];
            returned_on: string;
            source: components["schemas"]["ReportSourceRow"];
            valid_from: string;
            valid_to: string;
            verdicts: components["schemas"]["ReportVerdict"][];
        };
        ReportExplainedPart: {
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            /** Format: int64 */
            no: number;
            planar_crs: string;
            rings: components["schemas"]["ReportCorner"][][];
            /** @description true：容差以内，不计入 */
            within_tolerance: boolean;
        };
        ReportExplainedPatch: {
            attributed_by: string;
            /** @description false：归属待人工确认，不计入任何合计 */
            confirmed: boolean;
            /** Format: double */
            distance_m?: number;
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            file_name: string;
            imaged_on: string;
            kind: string;
            kind_title: string;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            named_licence_no?: string;
            patch_no: string;
            reason: string;
            /** Format: int64 */
            row: number;
        };
        ReportExplainedRule: {
            basis: string[];
            code: string;
            definition: string;
            figure: string;
            /** Format: int64 */
            group: number;
            problem_type: string;
            title: string;
        };
        ReportExplanation: {
            /** @description 核对过的批准及其是否计入的理由 */
            approvals: components["schemas"]["ReportExplainedApproval"][];
            /** @description 其中项；可能互相重叠，不相加 */
            breakdown: components["schemas"]["ReportBreakdown"][];
            /** @description 依据的数据行 */
            citations: components["schemas"]["ReportCitation"][];
            corner_method: string;
            /** @description 本矿占地：按类型和起决定作用的影像日期 */
            ground: components["schemas"]["ReportKindGround"][];
            /** @description 问题编号：套合编号-许可证号-规则代码 */
            id: string;
            licence_rows: components["schemas"]["ReportSourceRow"][];
            mine: components["schemas"]["ReportIdentity"];
            /** @description 问题地块及界址点 */
            parts: components["schemas"]["ReportExplainedPart"][];
            /** @description 归入本矿的图斑及归属理由 */
            patches: components["schemas"]["ReportExplainedPatch"][];
            rule: components["schemas"]["ReportExplainedRule"];
            run: components["schemas"]["ReportRun"];
            /** @description 整次套合的 SHA-256 */
            run_digest: string;
            /** @description 排查发现问题的文字表述 */
            statement: string;
            /** @description 算式；印出的各项相加等于印出的合计 */
            sums: components["schemas"]["ReportSum"][];
            /** @description 面积口径 */
            surface: string;
            /** @description true：机器套合结果，均为疑似，须实地核实 */
            suspected: boolean;
            thresholds: {
                [key: string]: number;
            };
            /** @description 假设已验收的数据；为空即正式套合 */
            what_if: number[];
        };
        ReportFieldChange: {
            name: string;
            new: string;
            old: string;
        };
        ReportFinding: {
            /** @description true：依据的数据由偏移坐标（GCJ-02）近似还原，不能作为执法依据 */
            approximate: boolean;
            basis: string[];
            /** @description 其中项；可能互相重叠，不相加 */
            breakdown: components["schemas"]["ReportBreakdown"][];
            /** @description certain 边界外移影像位置误差后仍有剩余、boundary_dependent 没有剩余、unknown 图斑未写位置误差；不依据影像的为空 */
            certainty: string;
            certainty_title: string;
            /** @description 依据的数据行 */
            citations: components["schemas"]["ReportCitation"][];
            /** Format: double */
            ellipsoidal_area_m2: number;
            /**
             * Format: int64
             * @description 排查工作组
             */
            group: number;
            /** @description 问题编号：套合编号-许可证号-规则代码；依据见 /v1/findings/{id} */
            id: string;
            /** @description 移送线索；只是线索 */
            lead?: string;
            /**
             * Format: double
             * @description 达到的移送线索面积，亩
             */
            lead_from_mu?: number;
            /**
             * Format: double
             * @description 向上超出标高的最大米数
             */
            metres_above?: number;
            /**
             * Format: double
             * @description 向下超出标高的最大米数
             */
            metres_below?: number;
            /** Format: double */
            mu: number;
            /**
             * Format: int64
             * @description 处数；相连的为一处
             */
            places?: number;
            /**
             * Format: double
             * @description 平面面积，平方米，两位小数；仅供与旧批准面积对照
             */
            planar_area_m2: number;
            /** @description 平面面积所在的坐标系：矿业权中心所在的 3 度带 */
            planar_crs: string;
            /**
             * Format: double
             * @description 所依据图斑的最大位置误差，米
             */
            position_error_m: number | null;
            problem_type: string;
            /**
             * Format: double
             * @description 越界面积 ÷ 矿业权面积
             */
            ratio_to_licence?: number;
            rule: string;
            severity: string;
            /** @description 排查发现问题的文字表述 */
            statement: string;
            title: string;
            within_tolerance: components["schemas"]["ReportArea"];
        };
        ReportFindingChange: {
            causes: components["schemas"]["ReportCause"][];
            /** @description born 新增、gone 消失、grown 扩大、shrunk 缩小、moved 移位 */
            change: string;
            change_title: string;
            county_code: string;
            /**
             * Format: double
             * @description 印出的新旧亩数之差
             */
            difference_mu: number;
            enterprise: string;
            /** @description 新增的地块 */
            gained: components["schemas"]["ReportArea"];
            /**
             * Format: int64
             * @description 排查工作组
             */
            group: number;
            licence_no: string;
            /** @description 减少的地块 */
            lost: components["schemas"]["ReportArea"];
            mine_name: string;
            new: components["schemas"]["ReportArea"];
            new_id: string;
            old: components["schemas"]["ReportArea"];
            old_id: string;
            rule: string;
            title: string;
        };
        ReportFindingLine: {
            /** @description certain、boundary_dependent 或 unknown；不依据影像的为空 */
            certainty: string;
            certainty_title: string;
            county_code: string;
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            enterprise: string;
            /**
             * Format: int64
             * @description 排查工作组
             */
            group: number;
            /** @description 问题编号：套合编号-许可证号-规则代码；依据见 /v1/findings/{id} */
            id: string;
            licence_no: string;
            /**
             * Format: double
             * @description 向上超出标高的最大米数
             */
            metres_above: number | null;
            /**
             * Format: double
             * @description 向下超出标高的最大米数
             */
            metres_below: number | null;
            mine_name: string;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            /**
             * Format: int64
             * @description 处数；不按处计的为 null
             */
            places: number | null;
            /**
             * Format: double
             * @description 所依据图斑的最大位置误差，米
             */
            position_error_m: number | null;
            problem_type: string;
            rule: string;
            severity: string;
            title: string;
            township: string;
            within_tolerance: components["schemas"]["ReportArea"];
        };
        ReportGroundAccount: {
            /** @description 批准范围内 */
            approved: components["schemas"]["ReportArea"];
            /** @description 批东占西 */
            displaced: components["schemas"]["ReportArea"];
            /** @description 批准已到期 */
            expired: components["schemas"]["ReportArea"];
            /** @description 影像所见占地合计 */
            ground: components["schemas"]["ReportArea"];
            /** @description 其中：位于他人批准范围内，含在各违法类别内 */
            inside_other_approval: components["schemas"]["ReportArea"];
            /** @description 其中：先占后批（补批），含在批准范围内 */
            late_approval: components["schemas"]["ReportArea"];
            /** @description 批小占大 */
            over_occupied: components["schemas"]["ReportArea"];
            /** @description 未批先占 */
            unapproved: components["schemas"]["ReportArea"];
            /** @description 违法违规建设 */
            unapproved_construction: components["schemas"]["ReportArea"];
            /** @description 容差以内（细碎图形） */
            within_tolerance: components["schemas"]["ReportArea"];
        };
        ReportIdentity: {
            /**
             * Format: double
             * @description 开采标高下限，米
             */
            bottom_elevation_m: number | null;
            county_code: string;
            county_name: string;
            enterprise: string;
            licence_area: components["schemas"]["ReportBothAreas"];
            /**
             * Format: double
             * @description 平方公里，四位小数
             */
            licence_ellipsoidal_area_km2: number;
            licence_no: string;
            /** @description 开采方式+矿种，例如 露天+煤矿 */
            method_and_mineral: string;
            mine_name: string;
            renewal_accepted_on: string;
            /**
             * Format: double
             * @description 开采标高上限，米
             */
            top_elevation_m: number | null;
            township: string;
            valid_from: string;
            valid_to: string;
        };
        ReportKindGround: {
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            /** @description 最早从哪一期影像起连续可见 */
            first_seen_on: string;
            imaged_on: string;
            kind: string;
            kind_title: string;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
        };
        ReportListedGround: {
            attributed_by: string;
            county_code: string;
            file_name: string;
            file_sha256: string;
            imaged_on: string;
            kind: string;
            kind_title: string;
            /** @description 归入的矿山；空为不属于任何矿山 */
            licence_no: string;
            /** @description 所涉保护区、水源地、林地、草原；可能互相重叠，不相加 */
            overlaps: components["schemas"]["ReportListedOverlap"][];
            /** @description owned 有主、ownerless 无主，空为未登记 */
            ownership: string;
            ownership_title: string;
            /** @description 图斑全部 */
            patch: components["schemas"]["ReportArea"];
            patch_no: string;
            problem_type: string;
            reason: string;
            /** @description 截止日已恢复 */
            restored: boolean;
            /** Format: int64 */
            row: number;
            /** @description 列入的规则；空为只列出 */
            rule: string;
            /** @description 较新影像仍可见的部分；已恢复的为整块 */
            seen: components["schemas"]["ReportArea"];
            statement: string;
            township: string;
            vegetation: components["schemas"]["ReportVegetationArea"];
        };
        ReportListedOverlap: {
            class: string;
            class_title: string;
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            layer: string;
            layer_title: string;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            name: string;
        };
        ReportMine: {
            /** @description 批准账；各批准及其在截止日的状态，不与占地账相加 */
            approvals: components["schemas"]["ReportApproval"][];
            /** @description 占地的连通块及其判定依据 */
            components: components["schemas"]["ReportComponent"][];
            /** @description 本次套合使用的数据版本 */
            datasets: components["schemas"]["ReportDataset"][];
            findings: components["schemas"]["ReportFinding"][];
            /** @description 占地账；缺少所需图层时为 null */
            ground_account: components["schemas"]["ReportGroundAccount"] | null;
            mine: components["schemas"]["ReportIdentity"];
            /** @description 套合以后才验收、可能涉及这座矿山的数据：有这一项，报告可能已经过时 */
            newer_inputs?: components["schemas"]["ReportNewerInput"][];
            /** @description 因缺少图层未核查的规则；不等于未发现问题 */
            not_evaluated: components["schemas"]["ReportNotEvaluated"][];
            notes: components["schemas"]["ReportNote"][];
            run: components["schemas"]["ReportRun"];
            /** @description 面积口径 */
            surface: string;
            /** @description true：机器套合结果，均为疑似，须实地核实 */
            suspected: boolean;
            thresholds: {
                [key: string]: number;
            };
            /** @description 按距离等归入、待人工确认的图斑，不计入任何合计 */
            unconfirmed_patches: components["schemas"]["ReportPatch"][];
            /** @description 侵占林草合计；没有侵占时为 null */
            vegetation: components["schemas"]["ReportVegetation"] | null;
        };
        ReportMineChange: {
            enterprise: string;
            licence_no: string;
            mine_name: string;
            new_status: string;
            /** @description done、failed；没有这座矿山时为空 */
            old_status: string;
        };
        ReportNewerInput: {
            /** Format: date-time */
            accepted_at: string;
            county_code: string;
            /** Format: int64 */
            dataset_id: number;
            layer: string;
            layer_title: string;
            source: string;
            /** Format: date */
            vintage: string;
        };
        ReportNotEvaluated: {
            missing_layers: string[];
            reason: string;
            rule: string;
            title: string;
        };
        ReportNote: {
            code: string;
            text: string;
        };
        ReportPatch: {
            attributed_by: string;
            /** Format: double */
            distance_m?: number;
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            file_name: string;
            imaged_on: string;
            kind: string;
            kind_title: string;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            named_licence_no?: string;
            patch_no: string;
            reason: string;
            /** Format: int64 */
            row: number;
        };
        ReportRuleChange: {
            key: string;
            new: string;
            old: string;
            /** @description 规则代码；阈值为空 */
            rule: string;
        };
        ReportRun: {
            /** @description 截止日 */
            as_of: string;
            /** Format: int64 */
            id: number;
            /** @description 本矿输入与结果的 SHA-256 */
            mine_digest: string;
            rule_set_sha256: string;
            /** @description 假设已验收的数据；正式套合没有这一项 */
            what_if?: number[];
        };
        ReportRunDiff: {
            /** @description 两次套合读取的不同数据版本 */
            datasets: components["schemas"]["ReportDatasetChange"][];
            /** @description 有变化的问题；按许可证号、规则排列 */
            findings: components["schemas"]["ReportFindingChange"][];
            /** @description 只有一次套合算出的矿山 */
            mines: components["schemas"]["ReportMineChange"][];
            new: components["schemas"]["ReportDiffRun"];
            old: components["schemas"]["ReportDiffRun"];
            /** @description 规则与阈值的变化 */
            rules: components["schemas"]["ReportRuleChange"][];
            /** @description 面积口径 */
            surface: string;
            /** @description 按变化类别合计 */
            totals: components["schemas"]["ReportDiffTotal"][];
        };
        ReportSourceRow: {
            /** Format: int64 */
            dataset_id: number;
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            file_name: string;
            file_sha256: string;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            /**
             * Format: int64
             * @description 源文件中的行号，从 1 起
             */
            row: number;
            vintage: string;
        };
        ReportSum: {
            terms: components["schemas"]["ReportTerm"][];
            title: string;
            whole: components["schemas"]["ReportArea"];
        };
        ReportTerm: {
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
            title: string;
        };
        ReportVegetation: {
            /** @description 林地、草原图层同时认定的部分，两项中都有 */
            both: components["schemas"]["ReportArea"];
            /** @description 其中林地 */
            forest: components["schemas"]["ReportArea"];
            /** @description 其中草原 */
            grassland: components["schemas"]["ReportArea"];
            statement: string;
            /** @description 侵占林草合计，重复处只计一次 */
            total: components["schemas"]["ReportArea"];
        };
        ReportVegetationArea: {
            /** @description 其中林地；未导入该图层时为 null */
            forest: components["schemas"]["ReportArea"] | null;
            /** @description 其中林地或草原，重叠处只计一次 */
            forest_or_grassland: components["schemas"]["ReportArea"] | null;
            /** @description 其中草原；未导入该图层时为 null */
            grassland: components["schemas"]["ReportArea"] | null;
        };
        ReportVerdict: {
            /** @description 该日期是否使土地处于批准范围内 */
            counts: boolean;
            imaged_on: string;
            reason: string;
        };
        RuleSet: {
            /** @description true：新的套合采用这一版 */
            current: boolean;
            /** @description 按规则文件中的顺序 */
            rules: components["schemas"]["RuleSetRule"][];
            sha256: string;
            /** @description 规则文件原文（YAML） */
            text: string;
            /** @description 阈值，与规则文件同名 */
            thresholds: components["schemas"]["Thresholds"];
        };
        RuleSetLine: {
            /** @description true：新的套合采用这一版 */
            current: boolean;
            /**
             * Format: int64
             * @description 其中最早的一次；没有时为 null
             */
            first_run_id: number | null;
            /** Format: date-time */
            first_used_at: string | null;
            /**
             * Format: int64
             * @description 其中最近的一次；没有时为 null
             */
            last_run_id: number | null;
            /** Format: date-time */
            last_used_at: string | null;
            /**
             * Format: int64
             * @description 可见的套合中有几次按这一版计算
             */
            runs: number;
            /** @description 规则文件的 SHA-256，与套合的 rule_set_sha256 相同 */
            sha256: string;
        };
        RuleSetReferral: {
            lead: string;
            /** Format: double */
            mu: number;
        };
        RuleSetRule: {
            /** @description 与哪个图层比较 */
            against: string;
            /** @description 法律依据 */
            basis: string[];
            /** @description 问题列出哪些依据 */
            cites: string[];
            class: string;
            /** @description 规则代码，永不改变 */
            code: string;
            /** @description 可能查到同一块地的另一条规则 */
            common_with: string;
            /** @description 查什么 */
            definition: string;
            /** @description 面积是什么的面积 */
            figure: string;
            /**
             * Format: int64
             * @description 排查工作组
             */
            group: number;
            /** @description 哪些图斑 */
            kinds: string[];
            /** @description 缺少其中任何一个图层时不评价这条规则 */
            needs: string[];
            permit_kind: string;
            /** @description 问题类型 */
            problem_type: string;
            /** @description 达到移送标准的面积，大的在前；只是线索 */
            referral: components["schemas"]["RuleSetReferral"][];
            /** @description 空间关系 */
            relation: string;
            /** @description major 或 minor */
            severity: string;
            state: string;
            subject: string;
            title: string;
            /** @description true：不属于任何矿山的图斑也列在这条规则下 */
            unattributed: boolean;
        };
        Run: {
            /**
             * Format: date
             * @description 截止日
             */
            as_of: string;
            /**
             * Format: int64
             * @description 沿用其结果的套合；全部重算时为 null
             */
            base_run_id: number | null;
            /** @description true：只计算数据变化可能影响的矿山，其余沿用 base_run_id 的结果；数字与全部重算相同 */
            changed_only: boolean;
            counties: string[];
            /** @description 不属于任何矿山的采场、全部尾矿坑，按旗区合计；逐个见 /v1/runs/{id}/listed_ground */
            county_figures: components["schemas"]["ReportCountyFigure"][];
            /** Format: date-time */
            created_at: string;
            /** @description 使用的数据版本 */
            datasets: components["schemas"]["ReportDataset"][];
            /** @description 全部输入与结果的 SHA-256；完成后才有 */
            digest: string | null;
            /** @description internal error、interrupted、database unavailable、storage full 或 program changed（套合途中更换了程序） */
            error: string | null;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: int64 */
            id: number;
            /** @description 只重算的矿山；为空即全部。只重算一座矿山的套合不算最近一次，没有台账 */
            licence_nos: string[];
            mines: components["schemas"]["RunMines"];
            /** @description 因缺少图层未核查的规则；不等于未发现问题 */
            not_evaluated: components["schemas"]["RunNotEvaluated"][];
            notes: components["schemas"]["ReportNote"][];
            /**
             * Format: double
             * @description 按目前进度估计还需的秒数；没有进展可依时为 null
             */
            remaining_s: number | null;
            rule_set_sha256: string;
            /** Format: date-time */
            started_at: string | null;
            /** @description queued 排队、running 进行中、complete 完成、cancelled 已取消、failed 系统故障 */
            status: string;
            /** @description 不属于任何矿山的图斑 */
            unattributed_patches: components["schemas"]["RunUnattributed"];
            /** @description 假设已验收的数据；为空即正式套合 */
            what_if: number[];
        };
        RunLine: {
            /**
             * Format: date
             * @description 截止日
             */
            as_of: string;
            /**
             * Format: int64
             * @description 沿用其结果的套合；全部重算时为 null
             */
            base_run_id: number | null;
            /** @description true：只计算数据变化可能影响的矿山，其余沿用 base_run_id 的结果；数字与全部重算相同 */
            changed_only: boolean;
            counties: string[];
            /** Format: date-time */
            created_at: string;
            /** @description 全部输入与结果的 SHA-256；完成后才有 */
            digest: string | null;
            /** @description internal error、interrupted、database unavailable、storage full 或 program changed（套合途中更换了程序） */
            error: string | null;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: int64 */
            id: number;
            /** @description 只重算的矿山；为空即全部。只重算一座矿山的套合不算最近一次，没有台账 */
            licence_nos: string[];
            mines: components["schemas"]["RunMines"];
            /**
             * Format: double
             * @description 按目前进度估计还需的秒数；没有进展可依时为 null
             */
            remaining_s: number | null;
            rule_set_sha256: string;
            /** Format: date-time */
            started_at: string | null;
            /** @description queued 排队、running 进行中、complete 完成、cancelled 已取消、failed 系统故障 */
            status: string;
            /** @description 假设已验收的数据；为空即正式套合 */
            what_if: number[];
        };
        RunMines: {
            /**
             * Format: int64
             * @description 其中沿用以前结果的
             */
            carried: number;
            /** Format: int64 */
            done: number;
            /** Format: int64 */
            failed: number;
            /** Format: int64 */
            total: number;
        };
        RunNotEvaluated: {
            county_code: string;
            missing_layers: string[];
            reason: string;
            rule: string;
            title: string;
        };
        RunRequest: {
            /**
             * Format: date
             * @description 截止日，YYYY-MM-DD
             */
            as_of: string;
            /** @description true：只计算数据变化可能影响的矿山 */
            changed_only?: boolean;
            /** @description 六位旗区代码；不写即全部 */
            counties?: string[];
            /** @description 假设已验收的数据编号：看验收后会有什么变化 */
            what_if?: number[];
        };
        RunUnattributed: {
            /** Format: int64 */
            count: number;
            /**
             * Format: double
             * @description 椭球面积，平方米，两位小数
             */
            ellipsoidal_area_m2: number;
            /** @description 前 100 个；全部见 /v1/runs/{id}/unattributed_patches */
            items: components["schemas"]["ReportPatch"][];
            /**
             * Format: double
             * @description 亩，两位小数；1 亩 = 2000/3 平方米
             */
            mu: number;
        };
        SessionRequest: {
            /** @description 账号名 */
            name: string;
            /** @description 密码 */
            password: string;
        };
        Shift: {
            /** Format: double */
            accuracy_m?: number;
            /** Format: double */
            dx_north_m?: number;
            /** Format: double */
            dy_east_m?: number;
            method: string;
            /** Format: double */
            rotation_sec?: number;
            /** Format: double */
            rx_sec?: number;
            /** Format: double */
            ry_sec?: number;
            /** Format: double */
            rz_sec?: number;
            /** Format: double */
            scale_ppm?: number;
            source?: string;
            /** Format: int64 */
            target_epsg?: number;
            /** Format: double */
            tx_m?: number;
            /** Format: double */
            ty_m?: number;
            /** Format: double */
            tz_m?: number;
        };
        Statistics: {
            /** Format: date */
            as_of: string;
            /** @description 疑似问题，按 by 所写的 */
            by: components["schemas"]["StatisticsFigure"][];
            /** @description 占地账，按类别：有该类占地的矿山及其面积；各类互不重叠 */
            classes: components["schemas"]["StatisticsFigure"][];
            /**
             * Format: date
             * @description 逾期所指的日期
             */
            day: string;
            /** @description 未了结的台账问题：overdue 逾期、soon 逾期或即将到期 */
            due: components["schemas"]["StatisticsFigure"][];
            /** @description 趋势：同样旗区、同样规则的套合中，各影像日期为最新时的结果；至多最近 24 个，早的在前 */
            image_dates: components["schemas"]["StatisticsDate"][];
            /** @description 台账问题，按状态 */
            ledger: components["schemas"]["StatisticsFigure"][];
            /** @description 矿山，按状态：with_findings 有疑似问题、without_findings 未发现问题、failed 计算失败 */
            mines: components["schemas"]["StatisticsFigure"][];
            /** @description 疑似问题，按问题类型 */
            problem_types: components["schemas"]["StatisticsFigure"][];
            /** @description 疑似问题，按规则 */
            rules: components["schemas"]["StatisticsFigure"][];
            /** Format: int64 */
            run_id: number;
            /** @description 面积口径 */
            surface: string;
        };
        StatisticsDate: {
            /** Format: date */
            as_of: string;
            classes: components["schemas"]["StatisticsFigure"][];
            /**
             * Format: date
             * @description 当时最新的影像日期
             */
            imaged_on: string;
            rules: components["schemas"]["StatisticsFigure"][];
            /**
             * Format: int64
             * @description 以它为最新影像日期的、最近一次套合
             */
            run_id: number;
        };
        StatisticsFigure: {
            code: string;
            /**
             * Format: int64
             * @description list 所列的个数
             */
            count: number;
            /**
             * Format: double
             * @description list 所列各项椭球面积之和，平方米，两位小数；不宜相加（几条规则可能说的是同一地块）或没有面积时为 null
             */
            ellipsoidal_area_m2: number | null;
            /** @description 逐个列出所计各项的网址 */
            list: string;
            /**
             * Format: double
             * @description 同上，亩
             */
            mu: number | null;
            title: string;
        };
        Thresholds: {
            /** Format: double */
            attribution_distance_m: number;
            /** Format: double */
            displaced_max_ratio: number;
            /** Format: double */
            min_area_m2: number;
            /** Format: double */
            min_width_m: number;
            /** Format: double */
            touch_ratio: number;
            /** Format: double */
            unused_ratio: number;
        };
        Token: {
            /** @description 所属账号 */
            account: string;
            /** @description true：全部旗区 */
            all_counties: boolean;
            /** @description 可见的旗区；可见全部时为空 */
            counties: string[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: int64 */
            id: number;
            /**
             * Format: date-time
             * @description 最近一次使用，精确到分钟
             */
            last_used_at: string | null;
            /** @description 用途 */
            name: string;
            /** Format: date-time */
            revoked_at: string | null;
            role: string;
            /** @description 令牌本身，只在建立时给出一次，请妥善保管 */
            token: string | null;
        };
        TokenRequest: {
            /** @description 不超出账号自己的旗区；不写即账号的全部 */
            counties?: string[];
            /**
             * Format: int64
             * @description 有效的天数
             */
            days: number;
            /** @description 用途 */
            name: string;
            /**
             * @description 不高于账号自己的角色
             * @enum {string}
             */
            role: "viewer" | "editor" | "inspector" | "approver" | "admin";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
